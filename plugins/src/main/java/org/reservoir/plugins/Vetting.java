package org.reservoir.plugins;

import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.MethodModel;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.reservoir.kernel.Refused;

/**
 * What the classes of a plug-in may use: their own jar, the packages of their kind, and of the JDK what computes. Nothing that reads
 * a clock, opens a file or a socket, starts or stops a thread, looks into other classes, or can wait. Read off the constant pool,
 * before any of it runs.
 */
final class Vetting {
    private static final String COMPUTES = "java/(util/(stream|function|random)/[\\w$]+|math/[\\w$]+|time/(Duration|LocalDate|LocalTime|LocalDateTime|Instant|DayOfWeek|ZoneOffset|temporal/ChronoUnit))";
    private static final String COLLECTIONS = "java/util/(?!Timer|ServiceLoader|Scanner|Formatter|Properties|ResourceBundle|Random$|UUID)[\\w$]+";
    private static final String LANGUAGE = "java/lang/(Object|String|StringBuilder|StringBuffer|CharSequence|Math|StrictMath|Number|Integer|Long|Double|Float|Short|Byte|Boolean|Character|Void"
            + "|Comparable|Iterable|Record|Enum|Enum\\$EnumDesc|AutoCloseable|FunctionalInterface|Override|Deprecated|SafeVarargs|SuppressWarnings|Throwable|Cloneable|Class|MatchException|\\w*Exception|AssertionError|Error)|java/io/(Unchecked)?IOException";
    /** Named by what the compiler makes of lambdas, string concatenation, records and switches. */
    private static final String BOOTSTRAPS = "java/lang/(invoke/(LambdaMetafactory|StringConcatFactory|MethodHandles|MethodHandles\\$Lookup|MethodHandle|MethodType|CallSite|TypeDescriptor)|runtime/(ObjectMethods|SwitchBootstraps|ExactConversionsSupport))";
    private static final Predicate<String> ALLOWED = Pattern.compile(String.join("|", COMPUTES, COLLECTIONS, LANGUAGE, BOOTSTRAPS)).asMatchPredicate();

    /** Members of allowed classes that are forbidden all the same. */
    private static final Map<String, Set<String>> FORBIDDEN = Map.of(
            "java/lang/Object", Set.of("wait", "notify", "notifyAll", "finalize"),
            "java/util/Collection", Set.of("parallelStream"),
            "java/util/List", Set.of("parallelStream"),
            "java/util/Set", Set.of("parallelStream"));
    private static final Map<String, Set<String>> ONLY = Map.of(
            "java/lang/Class", Set.of("getSimpleName", "getName", "desiredAssertionStatus", "isInstance", "hashCode", "equals"),
            "java/lang/invoke/LambdaMetafactory", Set.of("metafactory", "altMetafactory"),
            "java/lang/invoke/StringConcatFactory", Set.of("makeConcat", "makeConcatWithConstants"),
            "java/lang/runtime/ObjectMethods", Set.of("bootstrap"),
            "java/lang/runtime/SwitchBootstraps", Set.of("typeSwitch", "enumSwitch"));
    private static final Set<String> NEVER = Set.of("now", "parallel", "currentTimeMillis", "nanoTime");

    private final Set<String> own;
    private final Set<String> packages;

    /** @param own internal names of the jar's classes; @param packages of its kinds, or single classes, with slashes */
    Vetting(Set<String> own, Set<String> packages) {
        this.own = own;
        this.packages = packages;
    }

    /** @throws Refused {@code PLUGIN_REACHES_TOO_FAR} naming the class and what it uses */
    void check(ClassModel model) {
        var name = model.thisClass().asInternalName();
        for (PoolEntry entry : model.constantPool()) {
            forbidden(entry).ifPresent(what -> {
                throw refused(name, "uses " + what);
            });
        }
        for (var method : model.methods()) {
            checkMethod(name, method);
        }
    }

    private static void checkMethod(String name, MethodModel method) {
        if (method.flags().has(java.lang.reflect.AccessFlag.NATIVE)) {
            throw refused(name, "has the native method " + method.methodName().stringValue());
        }
        if (method.flags().has(java.lang.reflect.AccessFlag.SYNCHRONIZED)) {
            throw refused(name, "has the synchronized method " + method.methodName().stringValue());
        }
        if (method.methodName().equalsString("finalize")) {
            throw refused(name, "has a finalizer");
        }
        method.code().ifPresent(code -> code.forEach(element -> {
            if (element instanceof NewMultiArrayInstruction many && many.dimensions() > 2) {
                throw refused(name, "makes an array of %d dimensions at once".formatted(many.dimensions()));
            }
            if (element instanceof MonitorInstruction) {
                throw refused(name, "locks an object in " + method.methodName().stringValue());
            }
        }));
    }

    private Optional<String> forbidden(PoolEntry entry) {
        return switch (entry) {
            case ClassEntry type when !mayUse(element(type.asInternalName())) -> Optional.of(words(type.asInternalName()));
            case MemberRefEntry member when !mayCall(element(member.owner().asInternalName()), member.name().stringValue()) ->
                    Optional.of("%s.%s".formatted(words(member.owner().asInternalName()), member.name().stringValue()));
            default -> Optional.empty();
        };
    }

    /** What an array is made of; primitives are nothing to ask about. */
    private static String element(String internal) {
        if (!internal.startsWith("[")) {
            return internal;
        }
        var component = internal.replaceFirst("^\\[+", "");
        return component.startsWith("L") ? component.substring(1, component.length() - 1) : "java/lang/Object";
    }

    private boolean mayUse(String type) {
        return own.contains(type) || isOfKind(type) || ALLOWED.test(type);
    }

    private boolean mayCall(String type, String member) {
        if (own.contains(type) || isOfKind(type)) {
            return true;
        }
        var bootstrap = type.startsWith("java/lang/invoke/") || type.startsWith("java/lang/runtime/");
        var only = ONLY.get(type);
        return only != null ? only.contains(member)
                : mayUse(type) && !bootstrap && !NEVER.contains(member) && !FORBIDDEN.getOrDefault(type, Set.of()).contains(member);
    }

    private boolean isOfKind(String type) {
        int inner = type.indexOf('$');
        return packages.contains(packageOf(type)) || packages.contains(inner < 0 ? type : type.substring(0, inner));
    }

    private static String packageOf(String type) {
        int slash = type.lastIndexOf('/');
        return slash < 0 ? "" : type.substring(0, slash);
    }

    private static String words(String internal) {
        return internal.replace('/', '.');
    }

    private static Refused refused(String type, String what) {
        return Refused.forbidden("PLUGIN_REACHES_TOO_FAR", "The class %s %s, which plug-ins may not.".formatted(words(type), what),
                "A plug-in computes from what it is given: no clock, file, network, thread or reflection.");
    }
}

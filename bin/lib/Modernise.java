import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/**
 * Rewrites a jar whose classes are older than Java 6 in a newer class-file version, with the stack maps that it wants: AOT caches accept no older
 * ones (they cannot be verified in advance), and loading such a library anew costs a short command more than all the rest of it. What the classes do stays
 * the same. A jar of newer classes is left as it is.
 */
final class Modernise {
    private Modernise() {}

    public static void main(String[] jars) throws IOException {
        for (var jar : jars) {
            modernise(Path.of(jar));
        }
    }

    private static final int STACK_MAPS_SINCE = ClassFile.JAVA_6_VERSION;

    private static void modernise(Path file) throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".new");
        try (var jar = new JarFile(file.toFile())) {
            if (jar.stream().filter(Modernise::isClass).findFirst().map(entry -> ClassFile.of().parse(bytes(jar, entry)).majorVersion() >= STACK_MAPS_SINCE).orElse(true)) {
                return;
            }
            var hierarchy = ClassHierarchyResolver.ofResourceParsing(type -> {
                var entry = jar.getEntry(type.descriptorString().substring(1, type.descriptorString().length() - 1) + ".class");
                return entry == null ? null : new ByteArrayInputStream(bytes(jar, entry));
            }).orElse(ClassHierarchyResolver.defaultResolver());
            var classes = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy), ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
            try (var out = new JarOutputStream(Files.newOutputStream(next))) {
                for (var entry : jar.stream().toList()) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    out.write(isClass(entry) ? renewed(classes, bytes(jar, entry)) : bytes(jar, entry));
                    out.closeEntry();
                }
            }
        }
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Module descriptors stay: they have a version of their own and no code. */
    private static boolean isClass(ZipEntry entry) {
        return entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class");
    }

    private static byte[] renewed(ClassFile classes, byte[] old) {
        var version = ClassTransform.endHandler(to -> to.with(ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0)));
        var code = ClassTransform.transformingMethodBodies((to, instruction) -> to.with(instruction)); // what is only copied gets no stack maps
        return classes.transformClass(classes.parse(old), code.andThen(version));
    }

    private static byte[] bytes(JarFile jar, ZipEntry entry) {
        try (var in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

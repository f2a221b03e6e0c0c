package org.reservoir.plugins;

import java.io.ByteArrayInputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.reservoir.kernel.Refused;

/** The class loader of one jar: its vetted and metered classes, before which come the JDK's and those that its kinds let it use. */
final class PluginLoader extends ClassLoader {
    private final Map<String, byte[]> classes;

    private PluginLoader(String name, Map<String, byte[]> classes) {
        super("plug-in " + name, PluginLoader.class.getClassLoader());
        this.classes = classes;
    }

    /**
     * @param packages that plug-ins may use besides the JDK, with slashes
     * @throws Refused when a class uses more than it may, or is none
     */
    static PluginLoader of(String name, PluginJar jar, Set<String> packages) {
        var vetting = new Vetting(jar.classes().keySet(), packages);
        var own = ClassHierarchyResolver.ofResourceParsing(type -> {
            var bytes = jar.classes().get(internal(type.descriptorString()));
            return bytes == null ? null : new ByteArrayInputStream(bytes);
        });
        var metering = new Metering(own.orElse(ClassHierarchyResolver.defaultResolver()).orElse(ClassHierarchyResolver.ofResourceParsing(PluginLoader.class.getClassLoader())));
        var metered = new HashMap<String, byte[]>();
        jar.classes().forEach((type, bytes) -> {
            try {
                var model = ClassFile.of().parse(bytes);
                checkName(type, model, packages);
                vetting.check(model);
                metered.put(type.replace('/', '.'), metering.metered(model));
            } catch (IllegalArgumentException malformed) {
                throw Refused.invalid("PLUGIN_UNREADABLE", "%s is no sound class: %s.".formatted(type, malformed.getMessage()), "Compile it again.");
            }
        });
        return new PluginLoader(name, metered);
    }

    private static void checkName(String type, ClassModel model, Set<String> packages) {
        if (!model.thisClass().asInternalName().equals(type)) {
            throw Refused.invalid("PLUGIN_UNREADABLE", "The entry %s holds the class %s.".formatted(type, model.thisClass().asInternalName()), "");
        }
        if (type.startsWith("java/") || type.startsWith("org/reservoir/")) {
            throw Refused.forbidden("PLUGIN_REACHES_TOO_FAR", "The class %s is in a package that is not the plug-in's own.".formatted(type.replace('/', '.')), "Give it a package of your own.");
        }
    }

    private static String internal(String descriptor) {
        return descriptor.substring(1, descriptor.length() - 1);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        var bytes = classes.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }
}

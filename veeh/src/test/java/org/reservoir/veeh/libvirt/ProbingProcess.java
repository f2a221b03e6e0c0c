package org.reservoir.veeh.libvirt;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Map;

import org.reservoir.libvirtrpc.ConnectOptions;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * A process of its own that asks a host again and again whether KVM works there and gets no answer: its probe guest is emulated, for KVM may not be there, and
 * has nothing to boot from. Arguments: the host's address and the name of the site.
 */
public final class ProbingProcess {
    private ProbingProcess() {}

    public static void main(String[] arguments) {
        var options = ConnectOptions.DEFAULT.failures(Failures::told);
        while (true) {
            try (var host = LibvirtHost.open(arguments[0], new Site(arguments[1]), Map.of(), InstantSource.system(), () -> emulated(LibvirtConnection.open(arguments[0], options)))) {
                host.facts();
            }
        }
    }

    private static LibvirtConnection emulated(LibvirtConnection real) {
        return (LibvirtConnection) Proxy.newProxyInstance(ProbingProcess.class.getClassLoader(), new Class<?>[] {LibvirtConnection.class},
                (_, method, arguments) -> emulated(real, method, arguments));
    }

    private static Object emulated(LibvirtConnection real, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("define")) {
            arguments[0] = arguments[0].toString().replaceFirst("type=\"kvm\"", "type=\"qemu\"").replaceFirst("dev=\"hd\"", "dev=\"network\"");
        }
        try {
            var answer = method.invoke(real, arguments);
            return switch (method.getName()) {
                case "within" -> emulated((LibvirtConnection) answer);
                case "capabilities" -> answer.toString().replace("type='qemu'", "type='kvm'");
                default -> answer;
            };
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}

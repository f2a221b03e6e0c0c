package org.reservoir.plugins;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls into plug-ins, on threads that nobody needs again should one never come back. */
final class Calls {
    private Calls() {}

    static <R> R within(Budget budget, String plugin, Callable<R> work) throws PluginFault {
        var task = new FutureTask<R>(() -> {
            Meter.begin(budget);
            try {
                return work.call();
            } finally {
                Meter.end();
            }
        });
        var thread = Thread.ofPlatform().name("plug-in " + plugin).daemon().inheritInheritableThreadLocals(false).unstarted(task);
        thread.setContextClassLoader(null);
        thread.start();
        try {
            return task.get(budget.time().toMillis() + 500, TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw new PluginFault(plugin, words(failed.getCause()));
        } catch (TimeoutException | CancellationException _) {
            task.cancel(true);
            throw new PluginFault(plugin, "did not come back within " + budget.time());
        } catch (InterruptedException _) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while plug-in %s was asked".formatted(plugin));
        }
    }

    /** In words of our own: the throwable is of the plug-in, and keeping it would keep the plug-in. */
    private static String words(Throwable thrown) {
        return switch (thrown) {
            case Meter.Over over -> over.getMessage();
            case Unfit unfit -> "lied: " + unfit.getMessage();
            case ExceptionInInitializerError initializer when initializer.getCause() instanceof Meter.Over over -> over.getMessage();
            case StackOverflowError _ -> "called itself without end";
            case OutOfMemoryError _ -> "took more memory than there is";
            default -> "threw %s".formatted(described(thrown));
        };
    }

    private static String described(Throwable thrown) {
        var name = thrown.getClass().getName();
        if (thrown.getClass().getClassLoader() instanceof PluginLoader) {
            return name; // its message is code of the plug-in
        }
        var message = thrown.getMessage();
        return message == null ? name : "%s: %s".formatted(name, message.length() > 300 ? message.substring(0, 300) + "…" : message);
    }
}

package org.postern.server;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Something that is made in a thread of its own while other things are made: the start has more than one core. */
final class Ahead<T> implements Supplier<T> {
    private final FutureTask<T> task;

    private Ahead(Supplier<T> maker) {
        task = new FutureTask<>(maker::get);
    }

    /** Begins now. */
    static <T> Ahead<T> of(String name, Supplier<T> maker) {
        Ahead<T> ahead = new Ahead<>(maker);
        Thread thread = new Thread(ahead.task, name);
        thread.setDaemon(true);
        thread.start();
        return ahead;
    }

    /** What was made, or what was thrown instead; waits for it. */
    @Override
    public T get() {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", stopping);
        }
    }
}

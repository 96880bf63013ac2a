package dev.thalweg.backend;

import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Threads;
import java.util.List;

/**
 * Both backends of the CPU, by two threads each.
 *
 * @param java the plain loops
 * @param onednn what is tested against them
 */
record BothBackends(Backend java, Backend onednn) implements AutoCloseable {
    static BothBackends open() {
        try (Scope opening = new Scope()) {
            BothBackends both = new BothBackends(
                    opening.own(Backends.open(BackendChoice.JAVA, Threads.of(2))),
                    opening.own(Backends.open(BackendChoice.ONEDNN, Threads.of(2))));
            opening.handOver();
            return both;
        }
    }

    List<Backend> all() {
        return List.of(java, onednn);
    }

    @Override
    public void close() {
        all().forEach(Backend::close);
    }
}

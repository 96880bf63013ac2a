package dev.thalweg.backend.java;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendProvider;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Threads;
import java.util.Map;
import java.util.Optional;

/** Offers the backend that works everywhere. */
public final class JavaProvider implements BackendProvider {
    /** For the service loader. */
    public JavaProvider() {}

    @Override
    public String name() {
        return "java";
    }

    @Override
    public String description() {
        return "plain Java, which is slower";
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    public int gpuCount() {
        return 0;
    }

    @Override
    public Map<String, String> details() {
        return Map.of();
    }

    @Override
    public Backend open(Threads threads, Device device) {
        if (device.kind() != Device.Kind.CPU) {
            throw new IllegalArgumentException(
                    "backend \"java\" computes on the CPU, got device " + device + ": choose backend onednn");
        }
        return new JavaBackend(threads.count());
    }
}

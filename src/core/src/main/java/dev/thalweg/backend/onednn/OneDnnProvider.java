package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendProvider;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.LoadReport;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.opencl.OpenClLoader;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.DeviceException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Offers oneDNN, which is loaded when somebody asks. */
public final class OneDnnProvider implements BackendProvider {
    /** For the service loader. */
    public OneDnnProvider() {}

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public String description() {
        return "oneDNN";
    }

    @Override
    public int rank() {
        return 100;
    }

    @Override
    public Optional<String> problem() {
        LoadReport report = OneDnn.report();
        return report.loaded() ? Optional.empty() : Optional.of(report.toString());
    }

    @Override
    public int gpuCount() {
        return OneDnn.report().loaded() ? Engine.gpuCount() : 0;
    }

    @Override
    public Backend open(Threads threads, Device device) {
        LoadReport report = OneDnn.report();
        if (!report.loaded()) {
            throw new UnavailableException("backend \"onednn\" cannot be used: " + report.problem()
                    + "; choose backend \"java\", or set " + OneDnn.LIBRARY_PROPERTY + " to a libdnnl of version 3");
        }
        return device.kind() == Device.Kind.GPU
                ? OneDnnBackend.gpu(threads.count(), device.index())
                : new OneDnnBackend(threads.count());
    }

    /**
     * Version and instruction set, engines, loaded files and where they came from, how convolutions are computed if
     * somebody says so; or why oneDNN is not loaded.
     */
    @Override
    public Map<String, String> details() {
        ConvolutionChoice convolutions = ConvolutionChoice.named();
        LoadReport report = OneDnn.report();
        Map<String, String> details = new LinkedHashMap<>();
        if (!report.loaded()) {
            details.put("oneDNN", "not loaded: " + report.problem());
            return details;
        }
        int gpus = Engine.gpuCount();
        details.put("oneDNN", report.version());
        details.put("ISA", OneDnn.instructionSet());
        details.put("Engines", gpus > 0 ? "cpu, " + gpus + " gpu" : "cpu, no gpu (" + whyNoGpu() + ")");
        for (int i = 0; i < gpus; i++) {
            details.put("gpu:" + i, gpu(i));
        }
        details.put(
                "Loaded",
                report.libraries().stream().map(Path::toString).collect(Collectors.joining(", ")) + " ("
                        + report.origin() + ")");
        if (convolutions != ConvolutionChoice.FASTEST) {
            details.put("Setting", ConvolutionChoice.PROPERTY + "=" + convolutions);
        }
        return details;
    }

    private static String whyNoGpu() {
        return OpenClLoader.present()
                ? "OpenCL has no Intel GPU"
                : "no OpenCL loader library " + OpenClLoader.names().getFirst();
    }

    private static String gpu(int index) {
        try (OneDnnBackend gpu = OneDnnBackend.gpu(1, index)) {
            boolean emulated = gpu.emulates(DataType.BFLOAT16);
            return gpu.deviceDescription()
                    + (gpu.computesIn(DataType.BFLOAT16) ? ", bf16" : "")
                    + (emulated ? " (emulated: likely slower than f32)" : "");
        } catch (OneDnnException | DeviceException | UnavailableException | LinkageError e) {
            return "cannot be opened: " + e.getMessage();
        }
    }
}

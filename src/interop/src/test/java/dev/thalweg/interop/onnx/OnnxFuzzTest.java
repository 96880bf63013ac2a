package dev.thalweg.interop.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.LoaderBounds;
import dev.thalweg.interop.onnx.lowering.UnsupportedOperatorException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of any bytes are read and become graphs, or are refused as documented. */
class OnnxFuzzTest {
    private static final int MOST_INPUT_ELEMENTS = 10_000;
    private static final int CORRUPTIONS_OF_EACH = 6;

    @TempDir
    private static Path directory;

    private static boolean loads(byte[] content) {
        return LoaderBounds.loads(content, directory.resolve("x.onnx"), file -> {
            OnnxModel model = OnnxParser.read(file);
            try {
                new LoweredModel(model, zeros(model));
            } catch (UnsupportedOperatorException e) {
                throw e.in(file);
            }
            return null;
        });
    }

    /** Inputs as the model declares them, as long as they are small; what is open is 2. */
    private static List<OnnxTensor> zeros(OnnxModel model) {
        List<OnnxTensor> zeros = new ArrayList<>();
        for (OnnxValue input : model.graph().inputs()) {
            List<Long> dims = input.dims().orElse(List.of()).stream()
                    .map(extent -> extent < 0 ? 2 : extent)
                    .toList();
            long elements = dims.stream().reduce(1L, (a, b) -> Math.min(a * b, MOST_INPUT_ELEMENTS + 1L));
            if (!model.graph().initializers().containsKey(input.name())
                    && input.type().isPresent()
                    && dims.size() <= 8
                    && elements <= MOST_INPUT_ELEMENTS) {
                ElementType type = input.type().get();
                zeros.add(new OnnxTensor(type, dims, ByteBuffer.allocate((int) elements * type.bytes())));
            }
        }
        return zeros;
    }

    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        loads(content);
    }

    @Test
    void cutOffAndCorruptedModelsOfEveryOperatorAreReadOrRefused() throws IOException {
        Random random = new Random(14);
        int loaded = 0;
        for (byte[] model : models()) {
            loaded += loads(model) ? 1 : 0;
            for (int i = 0; i < CORRUPTIONS_OF_EACH; i++) {
                byte[] corrupted = model.clone();
                corrupted[random.nextInt(model.length)] = (byte) random.nextInt(256);
                loads(corrupted);
            }
            byte[] cut = new byte[random.nextInt(model.length)];
            System.arraycopy(model, 0, cut, 0, cut.length);
            loads(cut);
        }
        assertTrue(loaded > 500, "loaded " + loaded);
    }

    private static List<byte[]> models() throws IOException {
        Path data = Path.of("/usr/share/libonnx-testdata/data/node");
        assumeTrue(Files.isDirectory(data), "libonnx-testdata is not installed");
        List<byte[]> models = new ArrayList<>();
        try (Stream<Path> folders = Files.list(data)) {
            for (Path folder : folders.sorted().toList()) {
                models.add(Files.readAllBytes(folder.resolve("model.onnx")));
            }
        }
        return models;
    }
}

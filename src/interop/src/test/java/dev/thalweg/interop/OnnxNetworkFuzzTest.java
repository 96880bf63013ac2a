package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.LoaderBounds;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a file, it becomes a network or is refused. */
class OnnxNetworkFuzzTest {
    @TempDir
    private static Path directory;

    private static boolean loads(byte[] content) {
        return LoaderBounds.loads(content, directory.resolve("x.onnx"), Onnx::read);
    }

    private static OnnxFile whole() {
        return new OnnxFile(13)
                .input("x", -1, 1, 3, 3)
                .floats("w", List.of(2L, 1L, 2L, 2L), 1, 2, 3, 4, 5, 6, 7, 8)
                .wholes("s", -1, 8)
                .node("Conv", List.of("x", "w"), "y", Map.of("strides", List.of(1, 1)))
                .node("Elu", List.of("y"), "z", Map.of("alpha", 0.5f))
                .node("Reshape", List.of("z", "s"), "r")
                .output("r")
                .metadata("class_names", "[]");
    }

    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        loads(content);
    }

    @Test
    void cutOffAndCorruptedFilesAreReadOrRefused() {
        byte[] valid = whole().bytes();
        assertTrue(loads(valid));
        LoaderBounds.cutOff(valid, OnnxNetworkFuzzTest::loads);
        LoaderBounds.corrupted(valid, valid.length, OnnxNetworkFuzzTest::loads);
        assertFalse(loads(new byte[] {8, 8}));
    }
}

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

    /** Of a fixed batch, whose examples go from axis to axis, with what patterns look at closely. */
    private static OnnxFile fixed() {
        return new OnnxFile(13)
                .input("x", 1, 2, 4)
                .floats("w", List.of(4L, 12L), new float[48])
                .floats("b", List.of(12L), new float[12])
                .floats("v", List.of(4L, 4L), new float[16])
                .floats("c", List.of(4L), new float[4])
                .floats("half", List.of(), 0.70710677f)
                .floats("t", List.of(1L, 1L, 4L), 1, 2, 3, 4)
                .wholes("0", 0)
                .wholes("2", 2)
                .wholes("4", 4)
                .wholes("8", 8)
                .wholes("12", 12)
                .wholes("heads", 3, 2, 2)
                .wholes("rows", 3, 4)
                .wholes("apart", 3, 1, 4)
                .node("Concat", List.of("t", "x"), "tokens", Map.of("axis", 1))
                .node("Transpose", List.of("tokens"), "first", Map.of("perm", List.of(1, 0, 2)))
                .node("MatMul", List.of("first", "w"), "product")
                .node("Add", List.of("product", "b"), "all")
                .node("Slice", List.of("all", "0", "4", "2"), "q")
                .node("Slice", List.of("all", "4", "8", "2"), "k")
                .node("Slice", List.of("all", "8", "12", "2"), "value")
                .node("Reshape", List.of("q", "heads"), "qh")
                .node("Reshape", List.of("k", "heads"), "kh")
                .node("Reshape", List.of("value", "heads"), "vh")
                .node("Transpose", List.of("qh"), "qt", Map.of("perm", List.of(1, 0, 2)))
                .node("Mul", List.of("qt", "half"), "qs")
                .node("Transpose", List.of("kh"), "kt", Map.of("perm", List.of(1, 2, 0)))
                .node("Transpose", List.of("vh"), "vt", Map.of("perm", List.of(1, 0, 2)))
                .node("MatMul", List.of("qs", "kt"), "scores")
                .node("Softmax", List.of("scores"), "soft", Map.of("axis", 2))
                .node("MatMul", List.of("soft", "vt"), "mixed")
                .node("Transpose", List.of("mixed"), "joined", Map.of("perm", List.of(1, 0, 2)))
                .node("Reshape", List.of("joined", "rows"), "row")
                .node("Gemm", List.of("row", "v", "c"), "projected", Map.of("transB", 1))
                .node("Reshape", List.of("projected", "apart"), "back")
                .node("Transpose", List.of("back"), "y", Map.of("perm", List.of(1, 0, 2)))
                .output("y");
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

    @Test
    void corruptedFilesOfAFixedBatchAreReadOrRefused() {
        byte[] valid = fixed().bytes();
        assertTrue(loads(valid));
        LoaderBounds.corrupted(valid, valid.length, OnnxNetworkFuzzTest::loads);
    }
}

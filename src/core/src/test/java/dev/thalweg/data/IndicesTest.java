package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.inference.Predictions;
import dev.thalweg.loss.Outputs;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What takes the number of a picture, or a count, says what was expected and what it got. */
class IndicesTest {
    private static final int PICTURES = 3;

    private static ImageDataset data() {
        return ImageDataset.of(
                "three",
                Shape.of(1, 1, 1),
                List.of("a", "b"),
                new int[] {0, 1, 0},
                PixelWriter.ofBytes(new byte[1], new byte[1], new byte[1]));
    }

    private static Predictions predictions(TargetKind kind) {
        return new Predictions(
                List.of(new float[2], new float[2], new float[2]),
                new TargetSpec(kind, List.of("a", "b")),
                Outputs.PROBABILITIES);
    }

    @Test
    void anIndexOutOfRangeIsToldWithTheRange() {
        Batch batch = Batch.of(PICTURES, new float[3], new float[6]);
        MultiLabelTargets labels = Targets.ofMultiLabels(List.of("a", "b"), new float[2], new float[2], new float[2]);
        RegressionTargets numbers = Targets.ofRegression(List.of("a"), new float[1], new float[1], new float[1]);
        try (ImageDataset data = data()) {
            Map<String, IntConsumer> calls = new LinkedHashMap<>();
            calls.put("pixels", data::pixels);
            calls.put("label", data::label);
            calls.put("select", i -> assertEquals(1, data.select(i).size()));
            calls.put("pixels of a view", i -> data.shuffled(1).pixels(i));
            calls.put("label of targets", i -> data.targets().asClasses().label(i));
            calls.put("row of classes", i -> data.targets().row(i));
            calls.put("row of labels", labels::row);
            calls.put("label that a picture has", i -> labels.has(i, 0));
            calls.put("selected labels", i -> assertEquals(1, labels.select(i).size()));
            calls.put("row of numbers", numbers::row);
            calls.put("selected numbers", i -> assertEquals(1, numbers.select(i).size()));
            calls.put("target of a batch", batch::target);
            calls.put("classOf", i -> predictions(TargetKind.CLASSES).classOf(i));
            calls.put("classNameOf", i -> predictions(TargetKind.CLASSES).classNameOf(i));
            calls.put("labelsOf", i -> predictions(TargetKind.MULTI_LABEL).labelsOf(i, 0.5));
            calls.put("valueOf", i -> predictions(TargetKind.REGRESSION).valueOf(i, "a"));
            for (int wrong : new int[] {-1, PICTURES, Integer.MAX_VALUE}) {
                calls.forEach((call, asked) -> assertEquals(
                        "expected picture 0 to 2 of 3, got " + wrong,
                        assertThrows(IndexOutOfBoundsException.class, () -> asked.accept(wrong), call)
                                .getMessage(),
                        call));
            }
        }
    }

    @Test
    void aCountOrNameOutOfRangeIsToldWithWhatIsThere() {
        try (ImageDataset data = data()) {
            Map<String, Executable> calls = new LinkedHashMap<>();
            calls.put(
                    "take: expected at least 1 picture, got 0",
                    () -> data.take(0).size());
            calls.put(
                    "skip: expected 0 to 2 pictures, got 3",
                    () -> data.skip(PICTURES).size());
            calls.put("kFold: expected 2 to 3 folds", () -> DataSplit.kFold(data, 4, 1));
            calls.put("expected k of at most 2", () -> new TopKAccuracy(3).check(TargetKind.CLASSES, 2));
            calls.put(
                    "there is no output \"c\"",
                    () -> Predictions.of(List.of(List.of(new float[2])), Map.of(), Map.of("a", Outputs.PROBABILITIES))
                            .output("c"));
            calls.put(
                    "no output is called \"c\", expected one of [a, b]",
                    () -> predictions(TargetKind.REGRESSION).valueOf(0, "c"));
            calls.put("expected some of the classes", () -> data.classes("c").size());
            calls.forEach((message, call) -> {
                String got = assertThrows(IllegalArgumentException.class, call).getMessage();
                assertTrue(got.contains(message), got);
            });
        }
    }
}

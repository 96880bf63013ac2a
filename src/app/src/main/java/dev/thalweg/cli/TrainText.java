package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.Counted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a training says of itself, at the terminal and in its report. */
final class TrainText {
    private static final int MOST_OUTPUTS = 50;

    private TrainText() {}

    /**
     * What is trained on and what for.
     *
     * @param targets the table that says it; empty where sub-folders do
     * @param taskChosen whether the user said what it is about
     */
    static List<String> describe(DataSplit pictures, Optional<Path> targets, boolean taskChosen) {
        List<String> lines = new ArrayList<>();
        targets.ifPresent(
                file -> lines.add("Task " + Task.of(pictures.train().targets().kind())
                        + (taskChosen ? "" : ", as " + file + " has it (--task chooses another)")));
        lines.addAll(describe(pictures));
        return lines;
    }

    /** What is trained on: the sizes of the parts, what there is of each output, and what was noticed. */
    static List<String> describe(DataSplit pictures) {
        List<String> lines = new ArrayList<>(pictures.reading().lines());
        lines.add("Training on " + pictures.train()
                + pictures.validation().map(v -> ", validating on " + v.size()).orElse("")
                + ", testing on " + pictures.test().size());
        Targets targets = pictures.train().targets();
        List<String> contents = targets.kind() == TargetKind.REGRESSION ? ranges(targets) : counts(pictures);
        for (int output = 0; output < Math.min(targets.outputs(), MOST_OUTPUTS); output++) {
            lines.add("  " + targets.spec().name(output) + ": " + contents.get(output));
        }
        if (targets.outputs() > MOST_OUTPUTS) {
            String output = targets.kind() == TargetKind.CLASSES ? "more class" : "more output";
            lines.add("  and " + Counted.of(targets.outputs() - MOST_OUTPUTS, output) + ": the report counts them too");
        }
        return lines;
    }

    /** How many pictures of each class or with each label are in each part. */
    private static List<String> counts(DataSplit pictures) {
        List<int[]> counts = pictures.parts().stream().map(TrainText::counts).toList();
        return IntStream.range(0, pictures.train().targets().outputs())
                .mapToObj(output -> counts.stream()
                        .map(part -> Integer.toString(part[output]))
                        .collect(Collectors.joining(" + ")))
                .toList();
    }

    private static int[] counts(ImageDataset part) {
        if (part.targets().kind() == TargetKind.CLASSES) {
            return part.counts();
        }
        int[] counts = new int[part.targets().outputs()];
        for (int i = 0; i < part.size(); i++) {
            float[] row = part.targets().row(i);
            for (int label = 0; label < counts.length; label++) {
                counts[label] += row[label] == 1 ? 1 : 0;
            }
        }
        return counts;
    }

    /** Of each number. */
    private static List<String> ranges(Targets targets) {
        return IntStream.range(0, targets.outputs())
                .mapToObj(output -> IntStream.range(0, targets.size())
                        .mapToDouble(i -> targets.row(i)[output])
                        .summaryStatistics())
                .map(of -> String.format(
                        Locale.ROOT, "%.4g to %.4g, mean %.4g", of.getMin(), of.getMax(), of.getAverage()))
                .toList();
    }

    static String backend(Model model) {
        return model.backend().name() + ", " + Counted.of(model.backend().threads(), "thread") + ": "
                + model.backend().description();
    }

    /** How to get the same training again, for the report. */
    static Map<String, String> facts(Map<String, String> origin, long seed, Model model, DataSplit pictures) {
        Map<String, String> facts = new LinkedHashMap<>(origin);
        facts.put("Seed", Long.toString(seed));
        facts.put(
                "Pictures",
                pictures.train()
                        + pictures.validation()
                                .map(v -> ", " + v.size() + " to validate with")
                                .orElse("")
                        + ", and " + pictures.test().size() + " to test with");
        facts.put("Thalweg", Version.text());
        facts.put(
                "Java", Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("Backend", backend(model));
        return facts;
    }
}

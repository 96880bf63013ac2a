package dev.thalweg.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.tr;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.tensor.TargetKind;
import j2html.tags.DomContent;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What pictures a training had, and what for: how many of each class or label, and the mean of each number. */
final class TargetCounts {
    private TargetCounts() {}

    static DomContent table(DataSplit pictures) {
        TargetSpec targets = pictures.train().targets().spec();
        List<String> headings = pictures.validation().isPresent()
                ? List.of("training", "validation", "test")
                : List.of("training", "test");
        List<double[]> sums = pictures.parts().stream().map(TargetCounts::sums).toList();
        boolean numbers = targets.kind() == TargetKind.REGRESSION;
        return j2html.TagCreator.table(
                        tr(th(numbers ? "mean of" : "pictures of"), each(headings, heading -> th(heading))),
                        each(
                                IntStream.range(0, pictures.train().targets().outputs())
                                        .boxed()
                                        .toList(),
                                output -> tr(
                                        th(targets.name(output)),
                                        each(
                                                IntStream.range(0, sums.size())
                                                        .boxed()
                                                        .toList(),
                                                part -> td(
                                                        numbers
                                                                ? String.format(
                                                                        Locale.ROOT,
                                                                        "%.4g",
                                                                        sums.get(part)[output]
                                                                                / pictures.parts()
                                                                                        .get(part)
                                                                                        .size())
                                                                : Long.toString((long) sums.get(part)[output]))))),
                        tr(
                                th(targets.kind() == TargetKind.CLASSES ? "all classes" : "all pictures"),
                                each(pictures.parts(), part -> td(Integer.toString(part.size())))))
                .withId("counts");
    }

    private static double[] sums(ImageDataset part) {
        double[] sums = new double[part.targets().outputs()];
        for (int i = 0; i < part.size(); i++) {
            float[] row = part.targets().row(i);
            for (int output = 0; output < sums.length; output++) {
                sums[output] += row[output];
            }
        }
        return sums;
    }
}

package dev.thalweg.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;
import static j2html.TagCreator.table;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.tr;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.AUC;
import dev.thalweg.metric.Average;
import dev.thalweg.metric.BinaryAccuracy;
import dev.thalweg.metric.MeanAveragePrecision;
import dev.thalweg.metric.MultiLabelConfusionMatrix;
import j2html.tags.DomContent;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A test of a model that gives labels.
 *
 * @param targets the labels
 * @param pictures how many
 * @param accuracy of all labels
 * @param interval of the accuracy; empty where there are too few pictures
 * @param counts of each label
 * @param precision average precision of each label
 * @param area under the curve of each label
 */
record LabelResults(
        TargetSpec targets,
        int pictures,
        double accuracy,
        Optional<ConfidenceInterval> interval,
        MultiLabelConfusionMatrix counts,
        MeanAveragePrecision precision,
        AUC area)
        implements TestResults {

    static LabelResults of(ImageDataset test, Predictions predictions) {
        return new LabelResults(
                test.targets().spec(),
                test.size(),
                TestResults.measured(new BinaryAccuracy(THRESHOLD), test, predictions)
                        .value(),
                ConfidenceInterval.of(test.targets(), predictions),
                TestResults.measured(new MultiLabelConfusionMatrix(THRESHOLD), test, predictions),
                TestResults.measured(new MeanAveragePrecision(), test, predictions),
                TestResults.measured(new AUC(), test, predictions));
    }

    @Override
    public String outcome(String which) {
        return String.format(
                Locale.ROOT,
                "%.2f %% of the labels of %,d %s pictures are rightly given or not given%s; micro F1 %.4f, macro F1 "
                        + "%.4f, mean average precision %.4f.",
                100 * accuracy,
                pictures,
                which,
                interval.map(known -> " (" + known + ")").orElse(""),
                counts.f1(Average.MICRO),
                counts.f1(Average.MACRO),
                precision.value());
    }

    @Override
    public List<DomContent> figures() {
        return List.of(
                h2("Labels"),
                p("A label is given where its probability is above " + THRESHOLD + "."),
                table(
                                tr(each(
                                        List.of(
                                                "",
                                                "pictures",
                                                "given",
                                                "precision",
                                                "recall",
                                                "F1",
                                                "average precision",
                                                "ROC AUC"),
                                        heading -> th(heading))),
                                each(IntStream.range(0, counts.labels()).boxed().toList(), this::row))
                        .withId("labels"));
    }

    private DomContent row(int label) {
        return tr(
                th(targets.name(label)),
                td(Long.toString(counts.truePositives(label) + counts.falseNegatives(label))),
                td(Long.toString(counts.truePositives(label) + counts.falsePositives(label))),
                each(
                        Stream.of(
                                        counts.precision(label),
                                        counts.recall(label),
                                        counts.f1(label),
                                        precision.value(label),
                                        area.value(label))
                                .toList(),
                        // What is not defined, where a label never occurs, stays empty.
                        figure -> td(Double.isNaN(figure) ? "" : String.format(Locale.ROOT, "%.3f", figure))));
    }
}

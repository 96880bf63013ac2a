package dev.thalweg.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;
import static j2html.TagCreator.table;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.tr;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.ConfusionMatrix;
import j2html.tags.DomContent;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A test of a classifier.
 *
 * @param confusion of the test pictures
 * @param names of the classes
 * @param pictures how many
 */
record ClassResults(ConfusionMatrix confusion, List<String> names, int pictures) implements TestResults {
    private static final int MOST_CLASSES = 40;

    static ClassResults of(ImageDataset test, Predictions predictions) {
        ConfusionMatrix confusion = new ConfusionMatrix(test.targets().outputs());
        return new ClassResults(TestResults.measured(confusion, test, predictions), test.classNames(), test.size());
    }

    @Override
    public String outcome(String which) {
        long right = IntStream.range(0, confusion.classes())
                .mapToLong(c -> confusion.count(c, c))
                .sum();
        ConfidenceInterval interval = ConfidenceInterval.ofShare((int) right, pictures);
        return String.format(
                Locale.ROOT,
                "%.2f %% of %,d %s pictures are classified rightly (95 %% interval %.2f to %.2f %%); macro F1 %.4f.",
                100.0 * right / pictures,
                pictures,
                which,
                100 * interval.lower(),
                100 * interval.upper(),
                confusion.value());
    }

    @Override
    public List<DomContent> figures() {
        return List.of(
                h2("Confusion matrix"),
                p("Rows are the right classes, columns what the model said; colours are shares of a row."),
                confusion.classes() <= MOST_CLASSES ? matrix(confusion, names) : p("Too many classes to show."));
    }

    private static DomContent matrix(ConfusionMatrix confusion, List<String> names) {
        int classes = confusion.classes();
        return table(
                        tr(th(""), each(names, name -> th(name)), th("precision"), th("recall"), th("F1")),
                        each(
                                IntStream.range(0, classes).boxed().toList(),
                                label -> tr(
                                        th(names.get(label)),
                                        each(
                                                IntStream.range(0, classes)
                                                        .boxed()
                                                        .toList(),
                                                predicted -> cell(confusion, label, predicted)),
                                        td(share(confusion.precision(label))),
                                        td(share(confusion.recall(label))),
                                        td(share(confusion.f1(label))))))
                .withId("confusion");
    }

    private static DomContent cell(ConfusionMatrix confusion, int label, int predicted) {
        long row = IntStream.range(0, confusion.classes())
                .mapToLong(c -> confusion.count(label, c))
                .sum();
        double part = row == 0 ? 0 : (double) confusion.count(label, predicted) / row;
        String colour = label == predicted ? "46,125,50" : "198,40,40";
        return td(Long.toString(confusion.count(label, predicted)))
                .withStyle(String.format(
                        Locale.ROOT,
                        "background:rgba(%s,%.3f)",
                        colour,
                        label == predicted ? 0.7 * part : Math.min(1, 4 * part)));
    }

    private static String share(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}

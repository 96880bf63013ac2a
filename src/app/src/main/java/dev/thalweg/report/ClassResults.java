package dev.thalweg.report;

import static j2html.TagCreator.div;
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
import java.util.function.IntToDoubleFunction;
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
    private static final List<String> HEADINGS = List.of("pictures", "precision", "recall", "F1");

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
        boolean shown = confusion.classes() <= MOST_CLASSES;
        return List.of(
                h2(shown ? "Confusion matrix" : "Classes"),
                p((shown
                                ? "Rows are the right classes, columns what the model said; colours are shares of a"
                                        + " row."
                                : "The confusion matrix has too many classes to be shown.")
                        + " Pictures: how many of the class there are. Precision: of those said to be of it, how many"
                        + " are. Recall: of its own, how many were said to be. F1: the harmonic mean of both."),
                div(table(
                                        tr(
                                                th(""),
                                                each(shown ? names : List.<String>of(), name -> th(name)),
                                                each(HEADINGS, heading -> th(heading))),
                                        each(classes(), label -> row(label, shown)),
                                        means(shown))
                                .withId("confusion"))
                        .withClass("scroll"));
    }

    private List<Integer> classes() {
        return IntStream.range(0, confusion.classes()).boxed().toList();
    }

    private DomContent row(int label, boolean shown) {
        return tr(
                th(names.get(label)),
                each(shown ? classes() : List.<Integer>of(), predicted -> cell(confusion, label, predicted)),
                td(Long.toString(support(confusion, label))),
                td(share(confusion.precision(label))),
                td(share(confusion.recall(label))),
                td(share(confusion.f1(label))));
    }

    /** Of all classes alike, however many pictures they have. */
    private DomContent means(boolean shown) {
        return tr(
                th("mean"),
                each(shown ? classes() : List.<Integer>of(), label -> th("")),
                th(Integer.toString(pictures)),
                th(share(mean(confusion::precision))),
                th(share(mean(confusion::recall))),
                th(share(mean(confusion::f1))));
    }

    private double mean(IntToDoubleFunction figure) {
        return IntStream.range(0, confusion.classes())
                .mapToDouble(figure)
                .average()
                .orElseThrow();
    }

    private static long support(ConfusionMatrix confusion, int label) {
        return IntStream.range(0, confusion.classes())
                .mapToLong(c -> confusion.count(label, c))
                .sum();
    }

    private static DomContent cell(ConfusionMatrix confusion, int label, int predicted) {
        long row = support(confusion, label);
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

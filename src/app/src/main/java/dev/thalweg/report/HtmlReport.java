package dev.thalweg.report;

import static j2html.TagCreator.body;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.head;
import static j2html.TagCreator.html;
import static j2html.TagCreator.img;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.style;
import static j2html.TagCreator.table;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.title;
import static j2html.TagCreator.tr;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.inference.Predictions;
import dev.thalweg.io.AtomicFile;
import dev.thalweg.metric.ConfusionMatrix;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.GradientWatch;
import dev.thalweg.train.History;
import j2html.tags.DomContent;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;

/**
 * A training as one HTML page that needs nothing else, no network and no script: curves, the confusion matrix, the
 * pictures that were classified worst and where the model looked in them (Grad-CAM), the filters of the first layer,
 * the architecture, and how to get the same again.
 */
public final class HtmlReport {
    private static final int WORST = 12;
    private static final int SHOWN = 6;
    private static final int MOST_CLASSES = 40;
    private static final String STYLE = """
        body { font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #222; }
        h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd; padding-bottom: .3rem; }
        table { border-collapse: collapse; font-size: .85rem; }
        td, th { padding: .25rem .5rem; border: 1px solid #e3e3e3; text-align: right; }
        th { font-weight: 600; background: #fafafa; }
        pre { background: #f6f6f6; padding: 1rem; overflow-x: auto; font-size: .8rem; white-space: pre-wrap; }
        figure { display: inline-block; margin: .5rem; text-align: center; vertical-align: top; }
        figure img { width: 96px; image-rendering: pixelated; border: 1px solid #ddd; }
        figcaption { font-size: .75rem; max-width: 200px; }
        #filters img { width: 100%; image-rendering: pixelated; }
        svg { max-width: 100%; height: auto; }
        """;

    /**
     * How a training came about, to be shown.
     *
     * @param facts what, by heading: command, seed, versions
     * @param gradients what was seen of gradients
     */
    public record Origin(Map<String, String> facts, List<GradientWatch.Sample> gradients) {}

    private HtmlReport() {}

    /**
     * Writes the page.
     *
     * @param model as trained
     * @param history of the training
     * @param pictures trained on and tested with
     * @param origin how it came about
     * @param file where; what stood there is replaced in one move
     * @return why the page has no curves, where Java cannot draw them for want of fonts; empty if nothing is missing
     * @throws IOException if it cannot be written
     */
    public static Optional<String> write(Model model, History history, DataSplit pictures, Origin origin, Path file)
            throws IOException {
        ImageDataset test = pictures.test();
        Predictions predictions = model.predict(test);
        ConfusionMatrix confusion = new ConfusionMatrix(test.classNames().size());
        for (int i = 0; i < test.size(); i++) {
            float[] oneHot = new float[confusion.classes()];
            oneHot[test.label(i)] = 1;
            confusion.update(predictions.outputs().get(i), oneHot);
        }
        Optional<String> missing = Optional.empty();
        List<DomContent> curves;
        try {
            curves = Charts.drawn(() -> curves(history, origin));
        } catch (IllegalStateException e) {
            missing = Optional.of(e.getMessage());
            curves = List.of(h2("Curves"), p(e.getMessage()));
        }
        String page = "<!DOCTYPE html>\n"
                + html(
                                head(
                                        meta().withCharset("utf-8"),
                                        meta().withName("viewport").withContent("width=device-width"),
                                        title("Thalweg: a training"),
                                        style(rawHtml(STYLE))),
                                body(
                                        h1("A training"),
                                        p(outcome(history, confusion, test)),
                                        each(curves, c -> c),
                                        h2("Confusion matrix"),
                                        p("Rows are the right classes, columns what the model said; colours "
                                                + "are shares of a row."),
                                        confusion.classes() <= MOST_CLASSES
                                                ? matrix(confusion, test.classNames())
                                                : p("Too many classes to show."),
                                        h2("The pictures classified worst"),
                                        p("Test pictures with the least probability for their class, and the "
                                                + "same with what speaks for the class predicted (Grad-CAM)"
                                                + " in red."),
                                        div(each(worst(model, test, predictions), c -> c))
                                                .withId("worst"),
                                        h2("What the model looks at"),
                                        p("A few test pictures, with what speaks for the class predicted."),
                                        div(each(
                                                        looks(
                                                                model,
                                                                test,
                                                                predictions,
                                                                IntStream.range(0, Math.min(SHOWN, test.size()))
                                                                        .toArray()),
                                                        c -> c))
                                                .withId("looks"),
                                        each(filters(model), c -> c),
                                        h2("Pictures"),
                                        counts(pictures),
                                        each(pictures.reading().lines(), line -> p(line)),
                                        h2("Architecture"),
                                        pre(model.summary()).withId("summary"),
                                        h2("Origin"),
                                        table(each(
                                                        origin.facts().entrySet(),
                                                        e -> tr(
                                                                th(e.getKey()),
                                                                td(e.getValue()).withStyle("text-align:left"))))
                                                .withId("origin")))
                        .withLang("en")
                        .render();
        AtomicFile.write(file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
        return missing;
    }

    private static DomContent counts(DataSplit pictures) {
        List<String> names = pictures.train().classNames();
        List<String> headings = pictures.validation().isPresent()
                ? List.of("training", "validation", "test")
                : List.of("training", "test");
        List<int[]> counts = pictures.parts().stream().map(ImageDataset::counts).toList();
        return table(
                        tr(th("pictures of"), each(headings, heading -> th(heading))),
                        each(
                                IntStream.range(0, names.size()).boxed().toList(),
                                label -> tr(th(names.get(label)), each(counts, c -> td(Integer.toString(c[label]))))),
                        tr(th("all classes"), each(pictures.parts(), part -> td(Integer.toString(part.size())))))
                .withId("counts");
    }

    private static String outcome(History history, ConfusionMatrix confusion, ImageDataset test) {
        long right = IntStream.range(0, confusion.classes())
                .mapToLong(c -> confusion.count(c, c))
                .sum();
        return String.format(
                Locale.ROOT,
                "After %d epochs %.2f %% of %,d test pictures are classified rightly; macro F1 %.4f.%s",
                history.epochs().size(),
                100.0 * right / test.size(),
                test.size(),
                confusion.value(),
                history.stopReason()
                        .map(r -> " The training was stopped: " + r + ".")
                        .orElse(""));
    }

    private static List<DomContent> curves(History history, Origin origin) {
        List<DomContent> curves = new ArrayList<>();
        if (!history.epochs().isEmpty()) {
            boolean validated =
                    history.epochs().stream().allMatch(e -> e.validation().isPresent());
            XYChart loss = Charts.chart("Loss", "epoch", "loss");
            Charts.line(loss, "training", Charts.epochs(history), Charts.values(history, EpochResult::loss));
            XYChart accuracy = Charts.chart("Accuracy", "epoch", "accuracy");
            Charts.line(accuracy, "training", Charts.epochs(history), Charts.values(history, EpochResult::accuracy));
            if (validated) {
                Charts.line(
                        loss,
                        "validation",
                        Charts.epochs(history),
                        Charts.values(history, e -> e.validation().orElseThrow().loss()));
                Charts.line(
                        accuracy,
                        "validation",
                        Charts.epochs(history),
                        Charts.values(history, e -> e.validation().orElseThrow().accuracy()));
            }
            XYChart rate = Charts.chart("Learning rate", "epoch", "learning rate");
            Charts.line(
                    rate,
                    "at the epoch's end",
                    Charts.epochs(history),
                    Charts.values(history, e -> Double.parseDouble(Float.toString(e.learningRate()))));
            curves.addAll(List.of(h2("Curves"), svg(loss, "loss"), svg(accuracy, "accuracy"), svg(rate, "rate")));
        }
        if (!origin.gradients().isEmpty()) {
            XYChart norms = Charts.chart("Norm of all gradients together", "step", "norm");
            Charts.line(
                    norms,
                    "gradient",
                    origin.gradients().stream()
                            .mapToDouble(GradientWatch.Sample::step)
                            .toArray(),
                    origin.gradients().stream()
                            .mapToDouble(GradientWatch.Sample::gradientNorm)
                            .toArray());
            curves.add(svg(norms, "gradients"));
        }
        return curves;
    }

    private static DomContent svg(XYChart chart, String id) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        // Names of clip paths are the same in each chart: on one page they must differ.
        String own = text.substring(text.indexOf("<svg")).replaceAll("(id=\"|url\\(#)clip", "$1" + id + "-clip");
        return div(rawHtml(own)).withId(id);
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

    private static List<DomContent> worst(Model model, ImageDataset test, Predictions predictions) {
        int[] order = IntStream.range(0, test.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> predictions.outputs().get(i)[test.label(i)]))
                .limit(WORST)
                .mapToInt(i -> i)
                .toArray();
        return looks(model, test, predictions, order);
    }

    private static List<DomContent> looks(Model model, ImageDataset test, Predictions predictions, int[] pictures) {
        int[] classes = IntStream.of(pictures).map(predictions::classOf).toArray();
        List<float[][]> maps;
        try (ImageDataset chosen = test.select(pictures)) {
            maps = model.classActivations(chosen, classes);
        }
        List<DomContent> figures = new ArrayList<>();
        for (int i = 0; i < pictures.length; i++) {
            BufferedImage picture = PictureFiles.image(test, pictures[i]);
            String caption = String.format(
                    Locale.ROOT,
                    "%s, taken for %s (%.1f %%)",
                    test.classNames().get(test.label(pictures[i])),
                    predictions.classNameOf(pictures[i]),
                    100 * predictions.outputs().get(pictures[i])[classes[i]]);
            figures.add(
                    maps.isEmpty()
                            ? figure(image(picture), figcaption(caption))
                            : figure(
                                    image(picture),
                                    image(PictureFiles.overlaid(picture, maps.get(i))),
                                    figcaption(caption)));
        }
        return figures;
    }

    private static DomContent image(BufferedImage picture) {
        return img().withSrc("data:image/png;base64," + Base64.getEncoder().encodeToString(PictureFiles.png(picture)))
                .withAlt("");
    }

    private static List<DomContent> filters(Model model) {
        return PictureFiles.filters(model)
                .map(sheet -> List.<DomContent>of(
                        h2("Filters of the first layer"),
                        div(image(sheet)).withId("filters").withStyle("width:600px")))
                .orElse(List.of());
    }
}

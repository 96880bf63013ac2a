package dev.thalweg.report;

import static j2html.TagCreator.body;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
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
import dev.thalweg.files.AtomicFile;
import dev.thalweg.inference.Predictions;
import dev.thalweg.picture.RenderedPicture;
import dev.thalweg.text.Counted;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.GradientWatch;
import dev.thalweg.train.History;
import dev.thalweg.train.Tested;
import j2html.tags.DomContent;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;

/**
 * A training as one HTML page that needs nothing else, no network and no script: what was compared with what, curves,
 * figures of the test (the confusion matrix of classes, a table of labels, numbers told against the true ones), whether
 * the model is as often right as it is sure, pictures whose class is likely wrong, the pictures the model did worst on
 * and where the model looked in them (Grad-CAM), near duplicates between the parts, the filters of the first layer, the
 * architecture, and how to get the same again.
 */
public final class HtmlReport {
    private static final String STYLE = """
        body { font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 66rem; padding: 0 1rem; color: #222; }
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
        p { max-width: 48rem; line-height: 1.45; }
        .scroll { overflow-x: auto; }
        """;

    /**
     * How a training came about, to be shown.
     *
     * @param facts what, by heading: command, seed, versions
     * @param gradients what was seen of gradients
     */
    public record Origin(Map<String, String> facts, List<GradientWatch.Sample> gradients) {}

    /**
     * What came of the parts that the model has not learnt from, each of which it is asked about once.
     *
     * @param validation of those to validate with; empty where there are none, or they are not to be shown
     * @param test of those to test with
     */
    public record Answers(Optional<Tested> validation, Tested test) {}

    private HtmlReport() {}

    /**
     * Writes the page, and {@code results.json} beside it, which tells the same to programs.
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
        return write(
                model,
                history,
                pictures,
                new Answers(pictures.validation().map(model::test), model.test(pictures.test())),
                origin,
                file);
    }

    /**
     * Writes the page of what the model has said already.
     *
     * @param model as trained
     * @param history of the training
     * @param pictures trained on and tested with
     * @param answers of this model, of which those of the test are not asked for again, but for the few it shows
     * @param origin how it came about
     * @param file where; what stood there is replaced in one move
     * @return why the page has no curves, as above
     * @throws IOException if it cannot be written
     */
    public static Optional<String> write(
            Model model, History history, DataSplit pictures, Answers answers, Origin origin, Path file)
            throws IOException {
        ImageDataset test = pictures.test();
        Predictions predictions = answers.test().predictions().probabilities();
        List<AskedPart> asked = new ArrayList<>();
        pictures.validation()
                .ifPresent(part -> answers.validation()
                        .ifPresent(said -> asked.add(new AskedPart(
                                "validation", part, said.predictions().probabilities()))));
        asked.add(new AskedPart("test", test, predictions));
        Evaluation evaluation = answers.test().evaluation();
        ResultsFile found = found(new ComparedParts(pictures, history), evaluation, asked);
        TestResults results = TestResults.of(test, predictions);
        ShownPictures shown = new ShownPictures(model, test, predictions);
        Optional<String> missing = Optional.empty();
        List<DomContent> curves;
        try {
            curves = Charts.drawn(() -> new LearningCurves(history, evaluation, origin.gradients()).section());
        } catch (IllegalStateException e) {
            String why = String.valueOf(e.getMessage());
            missing = Optional.of(why);
            curves = List.of(h2("Curves"), p(why));
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
                                        p(outcome(history, results)),
                                        each(
                                                ofValidation(pictures, answers).stream()
                                                        .toList(),
                                                line -> p(line)),
                                        each(found.parts().section(), c -> c),
                                        each(curves, c -> c),
                                        each(results.figures(), c -> c),
                                        each(found.calibration().stream().toList(), c -> each(c.section(), s -> s)),
                                        each(found.suspects().stream().toList(), c -> each(c.section(), s -> s)),
                                        h2("The pictures the model did worst on"),
                                        p("Test pictures, what they are and what the model says; and the same"
                                                + " with what speaks for that (Grad-CAM) in red, where it says a"
                                                + " class or labels."),
                                        div(each(shown.worst(), c -> c)).withId("worst"),
                                        h2("What the model looks at"),
                                        p("A few test pictures, with what speaks for what the model says."),
                                        div(each(shown.first(), c -> c)).withId("looks"),
                                        each(found.duplicates().section(), c -> c),
                                        each(filters(model), c -> c),
                                        h2("Pictures"),
                                        TargetCounts.table(pictures),
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
        found.writeBeside(file);
        return missing;
    }

    private static String outcome(History history, TestResults results) {
        return "After " + Counted.of(history.epochs().size(), "epoch") + " " + results.outcome("test")
                + history.stopReason()
                        .map(r -> " The training was stopped: " + r + ".")
                        .orElse("");
    }

    private static Optional<String> ofValidation(DataSplit pictures, Answers answers) {
        return pictures.validation()
                .flatMap(part -> answers.validation()
                        .map(said -> TestResults.of(part, said.predictions().probabilities())
                                .outcome("validation")))
                .map(outcome -> "Of what choices may have looked at, " + outcome);
    }

    /** Some of it only probabilities of classes tell, and not what else a network may yield. */
    private static ResultsFile found(ComparedParts parts, Evaluation test, List<AskedPart> asked) {
        Optional<List<AskedPart>> probable =
                Optional.of(asked).filter(all -> all.stream().allMatch(AskedPart::hasProbabilities));
        return new ResultsFile(
                parts,
                test,
                probable.map(all -> Calibration.of(all.getLast())),
                probable.map(SuspectPictures::of),
                DuplicatePictures.of(parts.pictures()));
    }

    static DomContent svg(XYChart chart, String id) {
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

    static DomContent image(BufferedImage picture) {
        return img().withSrc(
                        "data:image/png;base64," + Base64.getEncoder().encodeToString(RenderedPicture.png(picture)))
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

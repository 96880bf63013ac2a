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
import dev.thalweg.metric.MeanAbsoluteError;
import dev.thalweg.metric.R2Score;
import dev.thalweg.metric.RootMeanSquaredError;
import j2html.tags.DomContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;

/**
 * A test of a model that estimates numbers.
 *
 * @param test the pictures
 * @param predictions of them
 * @param score of each number
 */
record NumberResults(ImageDataset test, Predictions predictions, R2Score score) implements TestResults {
    private static final int MOST_CHARTS = 12;

    static NumberResults of(ImageDataset test, Predictions predictions) {
        return new NumberResults(test, predictions, TestResults.measured(new R2Score(), test, predictions));
    }

    @Override
    public String outcome(String which) {
        return String.format(
                Locale.ROOT,
                "the mean absolute error of %,d %s pictures is %.4g%s, the root of the mean squared error %.4g; R²"
                        + " %.4f.",
                test.size(),
                which,
                TestResults.measured(new MeanAbsoluteError(), test, predictions).value(),
                ConfidenceInterval.of(test.targets(), predictions)
                        .map(known -> " (" + known + ")")
                        .orElse(""),
                TestResults.measured(new RootMeanSquaredError(), test, predictions)
                        .value(),
                score.value());
    }

    @Override
    public List<DomContent> figures() {
        int outputs = test.targets().outputs();
        List<DomContent> figures = new ArrayList<>(List.of(
                h2("Numbers"),
                table(
                                tr(each(List.of("", "mean absolute error", "R²"), heading -> th(heading))),
                                each(IntStream.range(0, outputs).boxed().toList(), this::row))
                        .withId("numbers")));
        try {
            for (int i = 0; i < Math.min(MOST_CHARTS, outputs); i++) {
                int output = i;
                figures.add(Charts.drawn(() -> HtmlReport.svg(scatter(output), "number-" + output)));
            }
        } catch (IllegalStateException e) {
            // Where there are no fonts: the curves above say so too.
            figures.add(p(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return figures;
    }

    private DomContent row(int output) {
        double[] truth = truth(output);
        double[] said = said(output);
        double error = IntStream.range(0, truth.length)
                .mapToDouble(i -> Math.abs(said[i] - truth[i]))
                .average()
                .orElse(Double.NaN);
        return tr(
                th(test.targets().spec().name(output)),
                td(String.format(Locale.ROOT, "%.4g", error)),
                td(Double.isNaN(score.value(output)) ? "" : String.format(Locale.ROOT, "%.4f", score.value(output))));
    }

    private double[] truth(int output) {
        return IntStream.range(0, test.size())
                .mapToDouble(i -> test.targets().row(i)[output])
                .toArray();
    }

    private double[] said(int output) {
        return predictions.outputs().stream().mapToDouble(row -> row[output]).toArray();
    }

    /** Points on the line are right. */
    private XYChart scatter(int output) {
        double[] truth = truth(output);
        double least = IntStream.range(0, truth.length)
                .mapToDouble(i -> truth[i])
                .min()
                .orElseThrow();
        double greatest = IntStream.range(0, truth.length)
                .mapToDouble(i -> truth[i])
                .max()
                .orElseThrow();
        XYChart chart = Charts.chart(test.targets().spec().name(output), "true", "predicted");
        Charts.points(chart, "test pictures", truth, said(output));
        Charts.line(chart, "right", new double[] {least, greatest}, new double[] {least, greatest});
        return chart;
    }
}

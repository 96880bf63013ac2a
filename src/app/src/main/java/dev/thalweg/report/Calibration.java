package dev.thalweg.report;

import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;

import dev.thalweg.metric.ExpectedCalibrationError;
import j2html.tags.DomContent;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;

/**
 * Whether a model is as often right as it is sure.
 *
 * @param error over bins of confidence
 */
record Calibration(ExpectedCalibrationError error) {
    /** As in the paper that the error comes from. */
    private static final int BINS = 15;

    static Calibration of(AskedPart test) {
        return new Calibration(
                TestResults.measured(new ExpectedCalibrationError(BINS), test.pictures(), test.predictions()));
    }

    /** How much surer than right it is on the mean, negative where it is less sure. */
    double overconfidence() {
        return sum(bin -> error.pictures(bin) * (error.confidence(bin) - error.accuracy(bin))) / sum(error::pictures);
    }

    private double sum(IntToDoubleFunction term) {
        return filled().mapToDouble(term).sum();
    }

    private IntStream filled() {
        return IntStream.range(0, error.bins()).filter(bin -> error.pictures(bin) > 0);
    }

    List<DomContent> section() {
        double overconfidence = overconfidence();
        return List.of(
                h2("Calibration"),
                p(String.format(
                        Locale.ROOT,
                        "Is the model as often right as it is sure? Of the test pictures it is sure of by 80 %%, 80 %%"
                                + " should be right, and so on: on the line. The expected calibration error is %.4f,"
                                + " the"
                                + " mean distance from the line, bins weighted by their pictures (Guo et al., 2017; %d"
                                + " bins of equal width). On the mean it is %.1f points %s than it is right.",
                        error.value(),
                        error.bins(),
                        100 * Math.abs(overconfidence),
                        overconfidence < 0 ? "less sure" : "surer")),
                LearningCurves.drawn(this::chart, "calibration"));
    }

    private XYChart chart() {
        XYChart chart = Charts.chart("Reliability on the test pictures", "confidence", "share of right ones");
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(1.0).setYAxisMin(0.0).setYAxisMax(1.0);
        double all = sum(error::pictures);
        Charts.line(chart, "as sure as right", new double[] {0, 1}, new double[] {0, 1});
        Charts.steps(
                chart,
                "share of all pictures",
                IntStream.rangeClosed(0, 2 * error.bins() - 1)
                        .mapToDouble(i -> Math.ceilDiv(i, 2) / (double) error.bins())
                        .toArray(),
                IntStream.range(0, 2 * error.bins())
                        .mapToDouble(i -> error.pictures(i / 2) / all)
                        .toArray());
        Charts.points(
                chart,
                "pictures of a bin",
                filled().mapToDouble(error::confidence).toArray(),
                filled().mapToDouble(error::accuracy).toArray());
        return chart;
    }
}

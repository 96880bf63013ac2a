package dev.thalweg.report;

import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;

import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.GradientWatch;
import dev.thalweg.train.History;
import j2html.tags.DomContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;

/**
 * How a training went: loss and metrics of all parts over the epochs, the rate, and the gradients.
 *
 * @param history of the training
 * @param test of the model it left
 * @param gradients what was seen of them
 */
record LearningCurves(History history, Evaluation test, List<GradientWatch.Sample> gradients) {
    /** Draws them. */
    List<DomContent> section() {
        List<DomContent> curves = new ArrayList<>();
        if (!history.epochs().isEmpty()) {
            curves.add(h2("Curves"));
            curves.add(p("Training: the mean over an epoch's pictures, each before its step, as they were augmented."
                    + (validated() ? " Validation: pictures not learnt from, looked at after each epoch." : "")
                    + " Test: looked at once, with the model that was left in the end."));
            curves.add(HtmlReport.svg(
                    chart("loss", EpochResult::loss, Evaluation::loss, Map.of("loss", test.loss())), "loss"));
            for (String metric : history.last().metrics().keySet()) {
                XYChart chart = chart(metric, e -> e.metric(metric), e -> e.metric(metric), test.metrics());
                if (!chart.getSeriesMap().isEmpty()) {
                    curves.add(HtmlReport.svg(chart, metric));
                }
            }
            XYChart rate = Charts.chart("Learning rate", "epoch", "learning rate");
            Charts.line(
                    rate,
                    "at the epoch's end",
                    Charts.epochs(history),
                    Charts.values(history, e -> Double.parseDouble(Float.toString(e.learningRate()))));
            curves.add(HtmlReport.svg(rate, "rate"));
        }
        if (!gradients.isEmpty()) {
            XYChart norms = Charts.chart("Norm of all gradients together", "step", "norm");
            Charts.line(
                    norms,
                    "gradient",
                    gradients.stream().mapToDouble(GradientWatch.Sample::step).toArray(),
                    gradients.stream()
                            .mapToDouble(GradientWatch.Sample::gradientNorm)
                            .toArray());
            curves.add(HtmlReport.svg(norms, "gradients"));
        }
        return curves;
    }

    private boolean validated() {
        return history.epochs().stream().allMatch(e -> e.validation().isPresent());
    }

    private XYChart chart(
            String number,
            ToDoubleFunction<EpochResult> training,
            ToDoubleFunction<Evaluation> validation,
            Map<String, Double> tested) {
        String name = number.replace('_', ' ');
        XYChart chart = Charts.chart(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1), "epoch", name);
        line(chart, "training", training);
        if (validated()) {
            line(
                    chart,
                    "validation",
                    e -> validation.applyAsDouble(e.validation().orElseThrow()));
        }
        Double last = tested.get(number);
        if (last != null && Double.isFinite(last)) {
            Charts.points(
                    chart, "test, in the end", new double[] {history.last().epoch()}, new double[] {last});
        }
        return chart;
    }

    /** Draws a number of the epochs, if it is defined in any. */
    private void line(XYChart chart, String name, ToDoubleFunction<EpochResult> value) {
        double[] values = Charts.values(history, value);
        if (DoubleStream.of(values).anyMatch(Double::isFinite)) {
            Charts.line(chart, name, Charts.epochs(history), values);
        }
    }

    /** A chart, or why it cannot be drawn: where there are no fonts the curves above say so too. */
    static DomContent drawn(Charts.Drawing<XYChart> chart, String id) {
        try {
            return Charts.drawn(() -> HtmlReport.svg(chart.draw(), id));
        } catch (IllegalStateException e) {
            return p(e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

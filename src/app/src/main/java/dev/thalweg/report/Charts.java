package dev.thalweg.report;

import dev.thalweg.files.AtomicFile;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.History;
import dev.thalweg.train.LearningRateRange;
import dev.thalweg.train.Monitor;
import java.awt.AWTError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves of trainings as files: SVG or PNG, as the name ends. */
public final class Charts {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final String SVG = ".svg";
    private static final String PNG = ".png";
    private static final Color GRID = new Color(0xe3, 0xe3, 0xe3);

    /** Draws something, of which nothing is kept when it fails. */
    @FunctionalInterface
    interface Drawing<T> {
        T draw() throws IOException;
    }

    private Charts() {}

    /**
     * {@return whether a file of such a name is drawn: it ends in {@code .svg} or {@code .png}}
     *
     * @param file which
     */
    public static boolean isDrawn(Path file) {
        return hasSuffix(file, SVG) || hasSuffix(file, PNG);
    }

    private static void checkName(Path file) {
        if (!isDrawn(file)) {
            throw new IllegalArgumentException(file + ": expected a name that ends in .svg or .png");
        }
    }

    private static boolean hasSuffix(Path file, String suffix) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(suffix);
    }

    /**
     * Draws. Java's fonts come from the system, and where it has none, as in many containers, exceptions and errors of
     * many kinds say so, other ones for the second try: whether it is the fonts, a word on its own tells.
     *
     * @throws IllegalStateException if Java cannot draw here
     */
    static <T> T drawn(Drawing<T> drawing) throws IOException {
        try {
            return drawing.draw();
        } catch (RuntimeException | LinkageError | InternalError | AWTError e) {
            if (hasFonts()) {
                throw new IllegalStateException("the chart cannot be drawn: " + e, e);
            }
            throw new IllegalStateException(
                    "charts cannot be drawn here (" + e + "): Java needs fontconfig and a font for their words", e);
        }
    }

    private static boolean hasFonts() {
        try {
            Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
            new TextLayout("word", font, new FontRenderContext(null, true, true));
            return true;
        } catch (RuntimeException | LinkageError | InternalError | AWTError e) {
            return false;
        }
    }

    /**
     * Draws what a learning-rate range test found: the loss of every step and its moving average over the rate, and the
     * rate proposed.
     *
     * @param range the result
     * @param file where, {@code .svg} or {@code .png}
     * @throws IllegalArgumentException if its name ends otherwise
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if Java cannot draw here, for want of fonts
     */
    public static void learningRateRange(LearningRateRange range, Path file) throws IOException {
        checkName(file);
        drawn(() -> save(learningRateRange(range), file));
    }

    static XYChart learningRateRange(LearningRateRange range) {
        XYChart chart = chart(
                "Learning-rate range test: " + String.format(Locale.ROOT, "%.2e", range.proposal()) + " is proposed",
                "learning rate",
                "loss");
        chart.getStyler().setXAxisLogarithmic(true);
        double[] rates = range.points().stream()
                .mapToDouble(LearningRateRange.Point::learningRate)
                .toArray();
        line(
                chart,
                "loss",
                rates,
                range.points().stream()
                        .mapToDouble(LearningRateRange.Point::loss)
                        .toArray());
        double[] smoothed = range.points().stream()
                .mapToDouble(LearningRateRange.Point::smoothedLoss)
                .toArray();
        line(chart, "moving average", rates, smoothed);
        double at = range.points().stream()
                .filter(p -> p.learningRate() == range.proposal())
                .findFirst()
                .orElseThrow()
                .smoothedLoss();
        chart.addSeries("proposal", new double[] {range.proposal()}, new double[] {at})
                .setMarker(SeriesMarkers.CIRCLE);
        return chart;
    }

    /**
     * Draws a number of several trainings over the epochs.
     *
     * @param title above it
     * @param monitor which number
     * @param histories of each training, by its name
     * @param file where, {@code .svg} or {@code .png}
     * @throws IllegalArgumentException if its name ends otherwise
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if the number is of a validation and a training had none, or if Java cannot draw
     *         here, for want of fonts
     */
    public static void compare(String title, Monitor monitor, Map<String, History> histories, Path file)
            throws IOException {
        checkName(file);
        record Curve(String name, double[] epochs, double[] values) {}
        List<Curve> curves = new ArrayList<>();
        histories.forEach(
                (name, history) -> curves.add(new Curve(name, epochs(history), values(history, monitor::of))));
        drawn(() -> {
            XYChart chart = chart(title, "epoch", monitor.toString());
            curves.forEach(curve -> line(chart, curve.name(), curve.epochs(), curve.values()));
            return save(chart, file);
        });
    }

    static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        AxesChartStyler styler = chart.getStyler();
        styler.setChartBackgroundColor(Color.WHITE)
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setLegendBorderColor(Color.WHITE);
        styler.setPlotGridLinesColor(GRID).setPlotBorderVisible(false);
        return chart;
    }

    /** One point makes no line: it is marked. */
    static void line(XYChart chart, String name, double[] x, double[] y) {
        add(chart, name, x, y)
                .setMarker(x.length == 1 ? SeriesMarkers.DIAMOND : SeriesMarkers.NONE)
                .setLineStyle(new BasicStroke(2));
    }

    /** A thin line, for what is seen beside the others. */
    static void steps(XYChart chart, String name, double[] x, double[] y) {
        add(chart, name, x, y)
                .setMarker(SeriesMarkers.NONE)
                .setLineStyle(new BasicStroke(1))
                .setLineColor(Color.GRAY);
    }

    static void points(XYChart chart, String name, double[] x, double[] y) {
        add(chart, name, x, y)
                .setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                .setMarker(SeriesMarkers.CIRCLE);
    }

    /** Where a number is not finite, as of a training that diverged, there is a gap: an axis has no place for it. */
    private static XYSeries add(XYChart chart, String name, double[] x, double[] y) {
        double[] placed = DoubleStream.of(y)
                .map(value -> Double.isFinite(value) ? value : Double.NaN)
                .toArray();
        if (DoubleStream.of(placed).allMatch(Double::isNaN)) {
            throw new IllegalArgumentException(
                    "there is nothing to draw of \"" + name + "\": none of its " + y.length + " numbers is finite");
        }
        return chart.addSeries(name, x, placed);
    }

    static double[] epochs(History history) {
        return values(history, EpochResult::epoch);
    }

    static double[] values(History history, ToDoubleFunction<EpochResult> value) {
        return history.epochs().stream().mapToDouble(value).toArray();
    }

    static Path save(XYChart chart, Path file) throws IOException {
        boolean vector = hasSuffix(file, SVG);
        AtomicFile.write(file, out -> {
            if (vector) {
                VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
            } else {
                BitmapEncoder.saveBitmap(chart, out, BitmapFormat.PNG);
            }
        });
        return file;
    }
}

package dev.thalweg.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;

/**
 * A plot of curves as a file:
 * {@code new Figure("Training loss", "epoch", "loss").line("SGD", epochs, losses).save(file)}.
 */
public final class Figure {
    /** A curve. */
    private record Line(String name, double[] x, double[] y) {}

    private final String title;
    private final String xAxis;
    private final String yAxis;
    private final List<Line> lines = new ArrayList<>();
    private boolean logarithmicX;
    private boolean logarithmicY;

    /**
     * Begins without a curve.
     *
     * @param title above it
     * @param xAxis what runs from left to right
     * @param yAxis what rises
     */
    public Figure(String title, String xAxis, String yAxis) {
        this.title = title;
        this.xAxis = xAxis;
        this.yAxis = yAxis;
    }

    /**
     * Draws a curve more.
     *
     * @param name what the legend calls it
     * @param x from left to right
     * @param y as many
     * @return this figure
     * @throws IllegalArgumentException if there are not as many of both, or none
     */
    public Figure line(String name, double[] x, double[] y) {
        if (x.length != y.length || x.length == 0) {
            throw new IllegalArgumentException("curve \"" + name + "\": expected as many x as y, at least one, got "
                    + x.length + " and " + y.length);
        }
        lines.add(new Line(name, x.clone(), y.clone()));
        return this;
    }

    /**
     * Draws a curve more, over 1, 2, 3, …
     *
     * @param name what the legend calls it
     * @param y from left to right
     * @return this figure
     * @throws IllegalArgumentException if there are none
     */
    public Figure line(String name, double... y) {
        return line(name, IntStream.rangeClosed(1, y.length).asDoubleStream().toArray(), y);
    }

    /**
     * Makes x logarithmic.
     *
     * @return this figure
     */
    public Figure logarithmicX() {
        logarithmicX = true;
        return this;
    }

    /**
     * Makes y logarithmic.
     *
     * @return this figure
     */
    public Figure logarithmicY() {
        logarithmicY = true;
        return this;
    }

    /**
     * Draws it: SVG where the name ends so, else PNG.
     *
     * @param file where
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if Java cannot draw here, for want of fonts
     */
    public void save(Path file) throws IOException {
        Charts.drawn(() -> {
            XYChart chart = Charts.chart(title, xAxis, yAxis);
            chart.getStyler().setXAxisLogarithmic(logarithmicX).setYAxisLogarithmic(logarithmicY);
            lines.forEach(line -> Charts.line(chart, line.name(), line.x(), line.y()));
            return Charts.save(chart, file);
        });
    }
}

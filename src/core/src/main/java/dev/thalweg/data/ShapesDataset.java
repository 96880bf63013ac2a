package dev.thalweg.data;

import dev.thalweg.tensor.Shape;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The data set that needs no file: ten kinds of shapes, each drawn in a random light colour on a random dark one, at a
 * random place, size and angle, on pictures of 32×32 pixels with noise. No pixel by itself says much of the class, so a
 * linear model does poorly, while a small convolutional network learns it in a few epochs.
 */
public final class ShapesDataset {
    /** The kinds of shapes, in the order of their labels. */
    public static final List<String> CLASS_NAMES =
            List.of("circle", "square", "triangle", "star", "plus", "ring", "crescent", "bars", "arrow", "hourglass");

    private static final int SIZE = 32;
    private static final double NOISE = 12;
    private static final int DARKEST_SHAPE = 140;
    private static final int LEAST_CONTRAST = 40;
    private static final double MOST_ROTATION = Math.toRadians(30);

    private ShapesDataset() {}

    /**
     * Draws pictures to train on and others to test with.
     *
     * @param train how many to train on
     * @param test how many to test with
     * @param seed the same seed draws the same pictures
     * @return the pictures, {@code [3, 32, 32]}, the classes in equal parts
     */
    public static DataSplit generate(int train, int test, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new DataSplit(draw("shapes train", train, random.split()), draw("shapes test", test, random.split()));
    }

    private static ImageDataset draw(String name, int count, SplittableRandom random) {
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % CLASS_NAMES.size();
        }
        return ImageDataset.of(
                name,
                Shape.of(3, SIZE, SIZE),
                CLASS_NAMES,
                labels,
                (i, target) -> picture(labels[i], random.split(), target));
    }

    private static void picture(int label, SplittableRandom random, PixelSink target) {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        Color background = color(random, 0, DARKEST_SHAPE - LEAST_CONTRAST);
        Color foreground = color(random, DARKEST_SHAPE, 256);
        graphics.setColor(background);
        graphics.fillRect(0, 0, SIZE, SIZE);
        double radius = random.nextDouble(8, 13);
        AffineTransform place = AffineTransform.getTranslateInstance(
                random.nextDouble(radius, SIZE - radius), random.nextDouble(radius, SIZE - radius));
        place.rotate(random.nextDouble(-MOST_ROTATION, MOST_ROTATION));
        place.scale(radius, radius);
        graphics.setColor(foreground);
        graphics.fill(place.createTransformedShape(shape(label)));
        graphics.dispose();
        int[] drawn = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        byte[] pixels = new byte[3 * drawn.length];
        for (int i = 0; i < pixels.length; i++) {
            int plane = i / drawn.length;
            int level = drawn[i % drawn.length] >> 16 - 8 * plane & 0xff;
            double noisy = level + NOISE * random.nextGaussian();
            pixels[i] = (byte) Math.clamp(Math.round(noisy), 0, 255);
        }
        target.copyFrom(pixels);
    }

    private static Color color(SplittableRandom random, int from, int to) {
        return new Color(random.nextInt(from, to), random.nextInt(from, to), random.nextInt(from, to));
    }

    /** A shape within the unit circle. */
    private static java.awt.Shape shape(int label) {
        return switch (CLASS_NAMES.get(label)) {
            case "circle" -> new Ellipse2D.Double(-0.9, -0.9, 1.8, 1.8);
            case "square" -> new Rectangle2D.Double(-0.75, -0.75, 1.5, 1.5);
            case "triangle" -> regular(3, 1, 1);
            case "star" -> regular(5, 1, 0.4);
            case "plus" ->
                union(new Rectangle2D.Double(-0.95, -0.25, 1.9, 0.5), new Rectangle2D.Double(-0.25, -0.95, 0.5, 1.9));
            case "ring" -> new BasicStroke(0.35f).createStrokedShape(new Ellipse2D.Double(-0.75, -0.75, 1.5, 1.5));
            case "crescent" -> crescent();
            case "bars" ->
                union(new Rectangle2D.Double(-0.9, -0.75, 1.8, 0.45), new Rectangle2D.Double(-0.9, 0.3, 1.8, 0.45));
            case "arrow" -> union(polygon(0, -1, 0.75, 0.1, -0.75, 0.1), new Rectangle2D.Double(-0.22, 0, 0.44, 0.95));
            case "hourglass" -> polygon(-0.7, -0.85, 0.7, -0.85, -0.7, 0.85, 0.7, 0.85);
            default -> throw new IllegalStateException("no shape for " + CLASS_NAMES.get(label));
        };
    }

    private static java.awt.Shape union(java.awt.Shape a, java.awt.Shape b) {
        Area area = new Area(a);
        area.add(new Area(b));
        return area;
    }

    private static java.awt.Shape crescent() {
        Area area = new Area(new Arc2D.Double(-0.95, -0.95, 1.9, 1.9, 0, 360, Arc2D.CHORD));
        area.subtract(new Area(new Ellipse2D.Double(-0.35, -0.8, 1.6, 1.6)));
        return area;
    }

    /** A regular polygon; with an inner radius below the outer, a star. */
    private static java.awt.Shape regular(int corners, double outer, double inner) {
        boolean star = inner < outer;
        int points = star ? 2 * corners : corners;
        double[] coordinates = new double[2 * points];
        for (int i = 0; i < points; i++) {
            double radius = star && i % 2 == 1 ? inner : outer;
            coordinates[2 * i] = radius * Math.sin(2 * Math.PI * i / points);
            coordinates[2 * i + 1] = -radius * Math.cos(2 * Math.PI * i / points);
        }
        return polygon(coordinates);
    }

    private static java.awt.Shape polygon(double... coordinates) {
        Path2D.Double path = new Path2D.Double(Path2D.WIND_EVEN_ODD);
        path.moveTo(coordinates[0], coordinates[1]);
        for (int i = 2; i < coordinates.length; i += 2) {
            path.lineTo(coordinates[i], coordinates[i + 1]);
        }
        path.closePath();
        return path;
    }
}

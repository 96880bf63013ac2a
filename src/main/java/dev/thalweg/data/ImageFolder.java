package dev.thalweg.data;

import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A folder of pictures, one sub-folder a class: {@code class-name/picture.png}. PNG, JPEG, GIF and BMP files count; hidden
 * files do not. Where the folder has sub-folders {@code train} and {@code test}, those hold the classes; else a fifth of
 * each class is kept for the test.
 */
public final class ImageFolder {
    private static final double TEST_SHARE = 0.2;

    private record Labelled(Path file, int label) {
    }

    private ImageFolder() {
    }

    /**
     * Reads the folder, scaling every picture to the size of the first.
     *
     * @param folder holds the classes, or {@code train} and {@code test}
     * @param seed which pictures become test pictures
     * @return the training and the test pictures
     * @throws IOException if the folder cannot be read
     * @throws BadFileException if it has no classes or pictures, or a file is no picture
     */
    public static DataSplit read(Path folder, long seed) throws IOException {
        return read(folder, null, seed);
    }

    /**
     * Reads the folder, scaling every picture to a size.
     *
     * @param folder holds the classes, or {@code train} and {@code test}
     * @param imageShape {@code [C, H, W]} with 1 or 3 channels; null for three channels and the first picture's size
     * @param seed which pictures become test pictures
     * @return the training and the test pictures
     * @throws IOException if the folder cannot be read
     * @throws BadFileException if it has no classes or pictures, or a file is no picture
     */
    public static DataSplit read(Path folder, Shape imageShape, long seed) throws IOException {
        return read(folder, imageShape, seed, ImageDataset::of);
    }

    /**
     * Reads the folder's names, and its pictures each time they are needed: for more of them than memory holds.
     *
     * @param folder holds the classes, or {@code train} and {@code test}
     * @param imageShape {@code [C, H, W]} with 1 or 3 channels; null for three channels and the first picture's size
     * @param seed which pictures become test pictures
     * @return the training and the test pictures; a file that is no picture is noticed when it is its turn
     * @throws IOException if the folder cannot be read
     * @throws BadFileException if it has no classes or pictures
     */
    public static DataSplit stream(Path folder, Shape imageShape, long seed) throws IOException {
        return read(folder, imageShape, seed, ImageDataset::streamed);
    }

    @FunctionalInterface
    private interface Keeping {
        ImageDataset of(String name, Shape shape, List<String> classes, int[] labels, ImageDataset.PixelWriter pictures);
    }

    private static DataSplit read(Path folder, Shape imageShape, long seed, Keeping keeping) throws IOException {
        boolean split = Files.isDirectory(folder.resolve("train")) && Files.isDirectory(folder.resolve("test"));
        List<String> classes = folders(split ? folder.resolve("train") : folder);
        if (classes.size() < 2) {
            throw new BadFileException(folder, "expected a sub-folder of pictures for each of at least two classes, found " + classes);
        }
        List<Labelled> train = new ArrayList<>();
        List<Labelled> test = new ArrayList<>();
        Random random = new Random(seed);
        for (int label = 0; label < classes.size(); label++) {
            String name = classes.get(label);
            if (split) {
                train.addAll(pictures(folder.resolve("train").resolve(name), label));
                test.addAll(pictures(folder.resolve("test").resolve(name), label));
            } else {
                List<Labelled> all = new ArrayList<>(pictures(folder.resolve(name), label));
                Collections.shuffle(all, random);
                int kept = Math.max(1, (int) Math.round(all.size() * TEST_SHARE));
                test.addAll(all.subList(0, kept));
                train.addAll(all.subList(kept, all.size()));
            }
        }
        if (train.isEmpty()) {
            throw new BadFileException(folder, "expected at least two pictures in a class, found one in each");
        }
        Shape shape = imageShape != null ? imageShape : shapeOf(train.getFirst().file());
        ImageDataset first = load(keeping, folder, "train", train, classes, shape);
        try {
            return new DataSplit(first, load(keeping, folder, "test", test, classes, shape));
        } catch (RuntimeException e) {
            first.close();
            throw e;
        }
    }

    /**
     * Reads single pictures without labels.
     *
     * @param files which
     * @param imageShape to what they are scaled, {@code [C, H, W]}
     * @param classNames of the model that will see them
     * @return the pictures, all with label 0
     * @throws IOException if a file cannot be read
     * @throws BadFileException if a file is no picture
     */
    public static ImageDataset readFiles(List<Path> files, Shape imageShape, List<String> classNames) throws IOException {
        List<String> names = classNames.isEmpty() ? List.of("unknown") : classNames;
        return load(ImageDataset::of, Path.of(""), "pictures", files.stream().map(f -> new Labelled(f, 0)).toList(), names, imageShape);
    }

    private static Shape shapeOf(Path file) throws IOException {
        BufferedImage image = Pictures.read(file);
        return Shape.of(3, image.getHeight(), image.getWidth());
    }

    private static List<String> folders(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).map(p -> p.getFileName().toString()).filter(n -> !n.startsWith(".")).sorted().toList();
        }
    }

    private static List<Labelled> pictures(Path folder, int label) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new BadFileException(folder, "expected a folder of pictures for this class");
        }
        try (Stream<Path> children = Files.list(folder)) {
            List<Labelled> found = children.filter(ImageFolder::isPicture).sorted().map(p -> new Labelled(p, label)).toList();
            if (found.isEmpty()) {
                throw new BadFileException(folder, "expected pictures (png, jpg, jpeg, gif, bmp), found none");
            }
            return found;
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && name.matches(".*\\.(png|jpe?g|gif|bmp)");
    }

    private static ImageDataset load(Keeping keeping, Path folder, String part, List<Labelled> files, List<String> classes, Shape shape) {
        int[] labels = files.stream().mapToInt(Labelled::label).toArray();
        return keeping.of(folder + " " + part, shape, classes, labels, (i, target) -> {
            try {
                Pictures.write(Pictures.read(files.get(i).file()), shape, target);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    static boolean isIn(Path directory) throws IOException {
        return !folders(directory).isEmpty();
    }
}

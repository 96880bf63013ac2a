package dev.thalweg.cli;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which pictures; shared by the commands. */
final class DataOptions {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,4})x(\\d{1,4})");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DATA", defaultValue = "builtin",
            description = "builtin (shapes it draws itself), fashion-mnist, cifar10, or a place: a folder with one sub-folder of pictures for"
                    + " each class, a directory of IDX or CIFAR files, or CIFAR's .tar.gz (default: ${DEFAULT-VALUE}).")
    private String data;

    @Option(names = "--image-size", paramLabel = "HEIGHTxWIDTH",
            description = "Scale a folder's pictures to this size (default: the size of the first one).")
    private String imageSize;

    @Option(names = "--stream", description = "Read a folder's pictures each time they are needed, for more than memory holds.")
    private boolean stream;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42",
            description = "Seed of everything random; the same seed gives the same result (default: ${DEFAULT-VALUE}).")
    private long seed;

    long seed() {
        return seed;
    }

    /** Reads the pictures; a folder's are scaled to the shape, if one is given. */
    DataSplit read(Shape modelInput) throws IOException {
        Shape shape = imageSize == null ? modelInput : parsedSize();
        return switch (data) {
            case "builtin" -> Datasets.builtin(seed);
            case "fashion-mnist" -> Datasets.fashionMnist();
            case "cifar10" -> Datasets.cifar10();
            default -> stream ? ImageFolder.stream(Path.of(data), shape, seed) : Datasets.read(Path.of(data), shape, seed);
        };
    }

    private Shape parsedSize() {
        Matcher matcher = SIZE.matcher(imageSize);
        if (!matcher.matches()) {
            CommandLine line = spec.commandLine();
            throw new ParameterException(line, "Invalid value for option '--image-size': expected HEIGHTxWIDTH as in 32x32, got '" + imageSize + "'");
        }
        return Shape.of(3, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
}

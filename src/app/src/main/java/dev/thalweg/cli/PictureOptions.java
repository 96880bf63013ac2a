package dev.thalweg.cli;

import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.Resize;
import dev.thalweg.tensor.Shape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What becomes of pictures before they are trained on; shared by the commands that train. */
final class PictureOptions {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,4})x(\\d{1,4})");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--image-size",
            paramLabel = "HEIGHTxWIDTH",
            description = "Bring a folder's pictures to this size (default: the size that all have, if it is one of at"
                    + " most 256x256, else 224x224).")
    private @Nullable String imageSize;

    @Option(
            names = "--channels",
            paramLabel = "N",
            description = "3 to see a folder's pictures in colour, 1 in grey (default: 3).")
    private @Nullable Integer channels;

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            description = "How a folder's pictures come to their size: crop (scale the short side, cut the long one),"
                    + " pad (scale the long side, fill with"
                    + " white) or stretch (default: crop). The model remembers it.")
    private @Nullable Resize resize;

    @Option(
            names = "--validation",
            paramLabel = "SHARE",
            description = "Set this share of each class' training pictures aside to validate with after every epoch,"
                    + " if the folder has no sub-folder"
                    + " for it (default: 0, but 0.1 with --early-stopping or --reduce-on-plateau).")
    private @Nullable Double validation;

    /** The share to validate with; another than 0 where it is needed. */
    double validation(double usual) {
        if (validation != null && !(validation >= 0 && validation < 1)) {
            throw wrong("--validation", "a share from 0 to below 1", validation.toString());
        }
        return validation == null ? usual : validation;
    }

    ImageFolder applyTo(ImageFolder folder) {
        if (channels != null && channels != 1 && channels != 3) {
            throw wrong("--channels", "1 or 3", channels.toString());
        }
        int depth = channels == null ? folder.channels() : channels;
        ImageFolder sized = folder.channels(depth);
        if (imageSize != null) {
            sized = sized.imageShape(parsed(imageSize, depth));
        }
        return resize == null ? sized : sized.resize(resize);
    }

    /** Whether something was chosen that other data sets than folders do not have. */
    boolean folderWanted() {
        return imageSize != null || channels != null || resize != null;
    }

    private Shape parsed(String size, int depth) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw wrong("--image-size", "HEIGHTxWIDTH as in 32x32", size);
        }
        return Shape.of(depth, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    private ParameterException wrong(String option, String expected, String got) {
        return new ParameterException(
                spec.commandLine(),
                "Invalid value for option '" + option + "': expected " + expected + ", got '" + got + "'");
    }
}

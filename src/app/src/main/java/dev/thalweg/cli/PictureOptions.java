package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.Resize;
import dev.thalweg.tensor.Shape;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What becomes of pictures before they are trained on; shared by the commands that train. */
final class PictureOptions {
    /** Of grey or of colours. */
    static final class Channels implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String word) {
            return switch (word) {
                case "1" -> 1;
                case "3" -> 3;
                default -> throw new TypeConversionException("expected 1 or 3, got '" + word + "'");
            };
        }
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--image-size",
            paramLabel = "HEIGHTxWIDTH",
            description = "Bring a folder's pictures to this size (default: the size that all have, if it is one of at"
                    + " most 256x256, else 224x224).")
    private @Nullable PictureSize imageSize;

    @Option(
            names = "--channels",
            paramLabel = "N",
            converter = Channels.class,
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
            names = "--task",
            paramLabel = "TASK",
            description =
                    "What --targets is about: ${COMPLETION-CANDIDATES} (default: as the file has it: classes where"
                            + " each picture has one name, multi-label where some have several or"
                            + " none, regression where"
                            + " there are numbers; numbers 1 and 0 are labels by multi-label alone).")
    private @Nullable Task task;

    @Option(
            names = "--validation",
            paramLabel = "SHARE",
            converter = Range.Share.class,
            description =
                    "Set this share of each class' training pictures, or of all, aside to validate with after every"
                            + " epoch; not where the data have a part for it, such as a sub-folder val (default: 0,"
                            + " but 0.1"
                            + " with --early-stopping,"
                            + " --reduce-on-plateau or --keep-best).")
    private @Nullable Double validation;

    /**
     * Refuses what would have no effect.
     *
     * @throws WrongArgumentException if there is such an option
     */
    void check(DataOptions data) {
        if (data.targets().isEmpty()) {
            new GivenOptions(spec).checkNeeds("--task", "--targets");
        }
    }

    /** The task chosen; empty where the targets tell. */
    Optional<Task> task() {
        return Optional.ofNullable(task);
    }

    /** Whether a share to validate with was chosen, which is in vain where the pictures have a part for that. */
    boolean validationChosen() {
        return validation != null;
    }

    /** The share to validate with; another than 0 where it is needed. */
    double validation(double usual) {
        return validation == null ? usual : validation;
    }

    /** What was chosen of the pictures that a model takes. */
    AskedPictures asked() {
        return new AskedPictures(Optional.ofNullable(imageSize), Optional.ofNullable(channels));
    }

    /** A folder's pictures come as they were chosen, as a model takes them, or as is usual. */
    ImageFolder applyTo(ImageFolder folder, Optional<Model> start) {
        ImageFolder sized = start.map(model -> folder.imageShape(model.network().input())
                        .resize(model.provenance().resize()))
                .orElseGet(() -> sized(folder));
        return resize == null ? sized : sized.resize(resize);
    }

    private ImageFolder sized(ImageFolder folder) {
        int depth = channels == null ? folder.channels() : channels;
        ImageFolder coloured = folder.channels(depth);
        return imageSize == null
                ? coloured
                : coloured.imageShape(Shape.of(depth, imageSize.height(), imageSize.width()));
    }

    /** Whether something was chosen that other data sets than folders do not have. */
    boolean folderWanted() {
        return imageSize != null || channels != null || resize != null || task != null;
    }
}

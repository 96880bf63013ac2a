package dev.thalweg.cli;

import dev.thalweg.model.Network;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.Shape;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The pictures that a model shall take, as far as they were chosen: its file may leave that open.
 *
 * @param size chosen by {@code --image-size}
 * @param channels chosen by {@code --channels}
 */
record AskedPictures(Optional<PictureSize> size, Optional<Integer> channels) {
    private static final PictureSize USUAL_SIZE = new PictureSize(224, 224);
    private static final int USUAL_CHANNELS = 3;

    /** {@code [C, H, W]}, with what is usual for what was not chosen. */
    Shape shape() {
        PictureSize chosen = size.orElse(USUAL_SIZE);
        return Shape.of(channels.orElse(USUAL_CHANNELS), chosen.height(), chosen.width());
    }

    /** Whether something was chosen. */
    boolean isSomething() {
        return size.isPresent() || channels.isPresent();
    }

    /**
     * Refuses other pictures than a model takes.
     *
     * @param option that names its file
     * @param file in which it stands
     * @param network that it is of
     * @throws WrongArgumentException if others were chosen, or it takes no pictures or more than them
     */
    void check(String option, Path file, Network network) {
        if (network.inputs().size() > 1 || network.inputs().getFirst().shape().rank() != 3) {
            throw new WrongArgumentException(
                    option,
                    "a model of pictures [C, H, W]",
                    file + " of " + network.inputs().stream().map(Port::shape).toList());
        }
        Shape input = network.input();
        if (channels.isPresent() && channels.get() != input.dim(0)) {
            throw new WrongArgumentException(
                    "--channels", input.dim(0) + ", as " + file + " takes pictures", channels.get());
        }
        PictureSize taken = new PictureSize(input.dim(1), input.dim(2));
        if (size.isPresent() && !size.get().equals(taken)) {
            throw new WrongArgumentException("--image-size", taken + ", as " + file + " takes pictures", size.get());
        }
    }
}

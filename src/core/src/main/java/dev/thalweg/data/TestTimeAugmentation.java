package dev.thalweg.data;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Has a network look at each picture several times when it predicts: as it is, mirrored, and moved by some pixels
 * along both diagonals. What it yields is the mean of what it says of all these views, as Krizhevsky, Sutskever and
 * Hinton (2012, section 4.1) do with crops. It takes as many times as long as there are views, and training is not
 * changed by it.
 *
 * @param mirror whether the mirror images are looked at as well, left to right
 * @param translation by how many pixels pictures are moved, to the lower right and to the upper left; their edges are
 *            repeated where nothing is known; 0 for not at all
 */
public record TestTimeAugmentation(boolean mirror, int translation) {
    /** Each picture once, as it is. */
    public static final TestTimeAugmentation NONE = new TestTimeAugmentation(false, 0);

    /**
     * One way to look at a picture.
     *
     * @param mirrored whether left is right
     * @param shift by how many pixels it is moved down, and to the right before it is mirrored
     */
    public record View(boolean mirrored, int shift) {}

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code translation} is below 0
     */
    public TestTimeAugmentation {
        if (translation < 0) {
            throw new IllegalArgumentException(
                    "TestTimeAugmentation: the translation must be at least 0 pixels, got " + translation);
        }
    }

    /**
     * Checks that a network can look so.
     *
     * @param picture what flows into it, {@code [C, H, W]}
     * @throws ShapeException if that is no picture, or moving leaves nothing of it
     */
    public void check(Shape picture) {
        boolean isPicture = picture.rank() == 3;
        if (!equals(NONE) && !(isPicture && translation < Math.min(picture.dim(1), picture.dim(2)))) {
            throw new ShapeException(
                    "expected pictures [C, H, W] that are larger than they are moved, got " + picture + " for " + this);
        }
    }

    /** {@return the views, first the picture as it is} */
    public List<View> views() {
        List<View> views = new ArrayList<>();
        for (int shift : translation == 0 ? new int[] {0} : new int[] {0, translation, -translation}) {
            views.add(new View(false, shift));
            if (mirror) {
                views.add(new View(true, shift));
            }
        }
        return List.copyOf(views);
    }
}

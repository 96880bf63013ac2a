package dev.thalweg.report;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.picture.RenderedPicture;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** Pictures of a data set as something to look at. */
final class PictureFiles {
    private static final int FILTERS_A_ROW = 16;
    private static final float WHITE = 255;

    private PictureFiles() {}

    static BufferedImage image(ImageDataset data, int index) {
        return RenderedPicture.of(data.pixels(index), data.imageShape());
    }

    /**
     * The kernels of the first convolution side by side, each stretched to all greys or colours; none where there is
     * none.
     */
    static Optional<BufferedImage> filters(Model model) {
        ParameterSpec first = model.network().parameters().stream()
                .filter(p -> p.shape().rank() == 4)
                .findFirst()
                .orElse(null);
        if (first == null || first.shape().dim(2) < 2) {
            return Optional.empty();
        }
        float[] values = Objects.requireNonNull(model.weights().get(first.name()), first.name());
        int height = first.shape().dim(2);
        int width = first.shape().dim(3);
        int columns = Math.min(FILTERS_A_ROW, first.shape().dim(0));
        int rows = (first.shape().dim(0) + columns - 1) / columns;
        BufferedImage sheet =
                new BufferedImage(columns * (width + 1) + 1, rows * (height + 1) + 1, BufferedImage.TYPE_INT_RGB);
        int size = values.length / first.shape().dim(0);
        for (int filter = 0; filter < first.shape().dim(0); filter++) {
            float[] kernel = Arrays.copyOfRange(values, filter * size, (filter + 1) * size);
            draw(
                    kernel,
                    first.shape().dim(1),
                    height,
                    width,
                    sheet,
                    1 + filter % columns * (width + 1),
                    1 + filter / columns * (height + 1));
        }
        return Optional.of(sheet);
    }

    private static void draw(
            float[] kernel, int channels, int height, int width, BufferedImage sheet, int left, int top) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float value : kernel) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        float range = most > least ? most - least : 1;
        for (int i = 0; i < height * width; i++) {
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                // Of kernels for three channels each is a colour; of others the first is shown as grey.
                float value = kernel[(channels == 3 ? c : 0) * height * width + i];
                rgb = rgb << 8 | Math.round(WHITE * (value - least) / range);
            }
            sheet.setRGB(left + i % width, top + i / width, rgb);
        }
    }
}

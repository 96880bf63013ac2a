package dev.thalweg.picture;

/**
 * How a stored picture lies, by the numbers of EXIF 2.32, tag 274.
 *
 * @param transposed rows become columns first
 * @param mirrored then left and right are exchanged
 * @param flipped then top and bottom are exchanged
 */
public record Orientation(boolean transposed, boolean mirrored, boolean flipped) {
    /** As it is seen. */
    public static final Orientation UPRIGHT = new Orientation(false, false, false);

    /** {@return the orientation of a number; upright for one that means nothing} */
    static Orientation of(int number) {
        return switch (number) {
            case 2 -> new Orientation(false, true, false);
            case 3 -> new Orientation(false, true, true);
            case 4 -> new Orientation(false, false, true);
            case 5 -> new Orientation(true, false, false);
            case 6 -> new Orientation(true, true, false);
            case 7 -> new Orientation(true, true, true);
            case 8 -> new Orientation(true, false, true);
            default -> UPRIGHT;
        };
    }

    /** {@return the rows of a picture, upright} */
    PictureRows apply(PictureRows stored) {
        PictureRows source = transposed ? transpose(stored) : stored;
        if (!mirrored && !flipped) {
            return source;
        }
        return new PictureRows() {
            @Override
            public int width() {
                return source.width();
            }

            @Override
            public int height() {
                return source.height();
            }

            @Override
            public int channels() {
                return source.channels();
            }

            @Override
            public void read(int y, byte[] row) {
                source.read(flipped ? height() - 1 - y : y, row);
                if (mirrored) {
                    mirror(row, width(), channels());
                }
            }
        };
    }

    private static void mirror(byte[] row, int width, int channels) {
        for (int left = 0, right = width - 1; left < right; left++, right--) {
            for (int c = 0; c < channels; c++) {
                byte kept = row[left * channels + c];
                row[left * channels + c] = row[right * channels + c];
                row[right * channels + c] = kept;
            }
        }
    }

    /** The whole picture is held: its columns are needed one after the other. */
    private static PictureRows transpose(PictureRows stored) {
        int width = stored.height();
        int height = stored.width();
        int channels = stored.channels();
        byte[] all = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
        byte[] row = new byte[height * channels];
        for (int x = 0; x < width; x++) {
            stored.read(x, row);
            for (int y = 0; y < height; y++) {
                for (int c = 0; c < channels; c++) {
                    all[(y * width + x) * channels + c] = row[y * channels + c];
                }
            }
        }
        return new Held(width, height, channels, all);
    }

    /** {@code pixels} is {@code [H, W, C]}. */
    private record Held(int width, int height, int channels, byte[] pixels) implements PictureRows {
        @Override
        public void read(int y, byte[] row) {
            System.arraycopy(pixels, y * width * channels, row, 0, width * channels);
        }
    }
}

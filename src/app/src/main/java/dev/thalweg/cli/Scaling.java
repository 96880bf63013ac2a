package dev.thalweg.cli;

import dev.thalweg.data.Normalization;
import java.util.List;

/** What is usual for pictures, by the data that a network was trained on. */
enum Scaling {
    UNIT,
    IMAGENET;

    private static final int COLOURS = 3;

    /**
     * {@return whether pictures of so many channels can be normalized so}
     *
     * @param channels 1 or 3
     */
    boolean fits(int channels) {
        return this != IMAGENET || channels == COLOURS;
    }

    Normalization of(int channels) {
        return switch (this) {
            case UNIT -> Normalization.unit(channels);
            case IMAGENET -> new Normalization(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
        };
    }

    /** As it is typed. */
    @Override
    public String toString() {
        return EnumWords.of(this);
    }
}

package dev.thalweg.data;

/** How a picture of one size becomes one of another. */
public enum Resize {
    /**
     * Scaled, with its proportions kept, until it covers the wanted size; what stands out on both sides is cut off. As
     * torchvision's {@code Resize} of the short side and {@code CenterCrop}.
     */
    CROP,
    /**
     * Scaled, with its proportions kept, until it fits into the wanted size; what it leaves free on both sides is
     * white. As Pillow's {@code ImageOps.pad}.
     */
    PAD,
    /** Scaled to the wanted size, whatever becomes of its proportions. */
    STRETCH
}

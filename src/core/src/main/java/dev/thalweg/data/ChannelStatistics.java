package dev.thalweg.data;

/** Means and deviations of pictures' channels. */
public final class ChannelStatistics {
    private ChannelStatistics() {}

    /**
     * The normalization after which each channel of these pictures has mean 0 and standard deviation 1.
     *
     * @param data the pictures, training pictures alone
     * @return the normalization
     */
    public static Normalization standardization(ImageDataset data) {
        return ChannelSums.of(data).standardization();
    }
}

package dev.thalweg.train;

import dev.thalweg.backend.Movement;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.model.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A training that is under way, as its callbacks see it. Only the training thread uses it, except for {@link #stop}:
 * what touches the network's numbers throws an {@link IllegalStateException} in other threads.
 */
public interface Training {
    /**
     * {@return how many epochs there will be, those done before included}
     */
    int epochs();

    /**
     * {@return how many batches an epoch has}
     */
    int batches();

    /**
     * {@return the pictures that are learnt from}
     */
    ImageDataset data();

    /**
     * {@return the architecture}
     */
    Network network();

    /**
     * {@return how many updates were made}
     */
    long step();

    /**
     * {@return every epoch done so far, in this call of fit and before}
     */
    History history();

    /**
     * {@return the weights as they stand, row-major by name}
     */
    Map<String, float[]> weights();

    /**
     * Sets the weights.
     *
     * @param weights row-major by name
     */
    void weights(Map<String, float[]> weights);

    /**
     * {@return what the schedule's learning rate is multiplied by; 1 at first}
     */
    double rateFactor();

    /**
     * Multiplies the schedule's learning rate from the next step on.
     *
     * @param factor greater than 0
     */
    void rateFactor(double factor);

    /**
     * Has weights and movements measured in every update, for {@link #movements}.
     *
     * @param on whether
     */
    void watch(boolean on);

    /**
     * {@return what the last update came to for each parameter; without {@link #watch} only the gradients' norms}
     */
    List<Movement> movements();

    /**
     * Ends the training after the update that is being made. Any thread may call this.
     *
     * @param reason for the history
     */
    void stop(String reason);

    /**
     * {@return how many batches of the epoch under way were trained on: 0 between epochs, all of them while its
     * validation is due}
     */
    int batch();

    /**
     * {@return whether the training stands within an epoch, so that a checkpoint would go on there}
     */
    default boolean withinEpoch() {
        return batch() > 0;
    }

    /**
     * Writes everything that is needed to go on from here with the same bits: weights, what the optimizer remembers,
     * history and place in the data. The file is a model too, which {@code Model.load} reads.
     *
     * @param file where; what stood there is replaced in one move
     * @throws IOException if it cannot be written
     */
    void checkpoint(Path file) throws IOException;
}

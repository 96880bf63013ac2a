package dev.thalweg.tune;

import java.util.List;
import java.util.Optional;

/**
 * What {@link Hyperband#search} searches among.
 *
 * @param <T> a trial: a training with settings of its own
 */
public interface Trials<T> {
    /**
     * {@return another trial, with settings that no earlier one has; empty where there are no others}
     */
    Optional<T> next();

    /**
     * Trains a trial up to an epoch, from where it stands. One that stands there already, or has failed, is left as it
     * is; one that fails is no reason to end the search.
     *
     * @param trial which
     * @param epochs how many it shall have had then, those before included
     * @return whether the search shall go on; if not, this trial need not have got so far
     */
    boolean train(T trial, int epochs);

    /**
     * {@return the best trials first, as they were after so many epochs; those that failed before are left out}
     *
     * @param trials all that were trained so long
     * @param epochs how long
     */
    List<T> ranked(List<T> trials, int epochs);
}

package dev.thalweg.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Many trials for few epochs, the better ones for more: Hyperband (Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar,
 * Journal of Machine Learning Research 18(185), 2018). A bracket begins with some trials and keeps the best of every
 * {@code eta} at each rung, until the last have had all epochs (successive halving). Since nobody knows after how few
 * epochs a trial shows what it is worth, brackets differ in that: the first begins with most trials and fewest epochs,
 * the last of a round gives a few trials all epochs.
 * <p>
 * How many trials a bracket begins with is taken from the paper's table, where a whole number of trials for each share
 * of the budget is rounded down. It knows neither clocks nor files: the same trials with the same results give the same
 * search.
 *
 * @param epochs of a trial that is trained to its end, at least 1
 * @param eta how many trials there are for one that goes on, and how many times as long that one then trains; at least
 *            2, mostly 3
 */
public record Hyperband(int epochs, int eta) {
    /**
     * Trials that are trained equally long.
     *
     * @param trials how many
     * @param epochs up to where, what they had before included
     */
    public record Rung(int trials, int epochs) {}

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if there is no epoch, or {@code eta} is not at least 2
     */
    public Hyperband {
        if (epochs < 1) {
            throw new IllegalArgumentException("Hyperband: the number of epochs must be at least 1, got " + epochs);
        }
        if (eta < 2) {
            throw new IllegalArgumentException("Hyperband: eta must be at least 2, got " + eta);
        }
    }

    /**
     * {@return the search with the longest trainings of which a whole round fits a budget; where not even that of
     * single epochs does, it has these}
     *
     * @param budget in epochs
     * @param most epochs that a training shall have, at least 1
     * @param eta as that of the search
     */
    public static Hyperband within(long budget, int most, int eta) {
        Hyperband longest = new Hyperband(most, eta);
        // Not monotonous: where a longer training makes room for one rung more, a round has more brackets.
        return IntStream.iterate(most, epochs -> epochs >= 1, epochs -> epochs - 1)
                .mapToObj(epochs -> new Hyperband(epochs, longest.eta))
                .filter(search -> search.cost() <= budget)
                .findFirst()
                .orElseGet(() -> new Hyperband(1, eta));
    }

    /**
     * {@return how many brackets a round has}
     */
    public int brackets() {
        int brackets = 1;
        for (int rest = epochs / eta; rest > 0; rest /= eta) {
            brackets++;
        }
        return brackets;
    }

    /**
     * {@return the rungs of a bracket, the one with most trials first}
     *
     * @param index which bracket, from 0; after the last of a round, another round begins
     */
    public List<Rung> bracket(int index) {
        int halvings = brackets() - 1 - Math.floorMod(index, brackets());
        int trials = brackets() / (halvings + 1);
        int share = 1;
        for (int i = 0; i < halvings; i++) {
            share *= eta;
        }
        List<Rung> rungs = new ArrayList<>();
        for (; share >= 1; share /= eta) {
            rungs.add(new Rung(trials * share, epochs / share));
        }
        return rungs;
    }

    /**
     * {@return how many epochs a round trains in all, where no trial fails}
     */
    public long cost() {
        long cost = 0;
        for (int index = 0; index < brackets(); index++) {
            int before = 0;
            for (Rung rung : bracket(index)) {
                cost += (long) rung.trials() * (rung.epochs() - before);
                before = rung.epochs();
            }
        }
        return cost;
    }

    /**
     * Searches through a bracket. To go on with a search that was ended, this is called again with trials of which some
     * stand where they stood: {@code next} gives those first.
     *
     * @param <T> a trial
     * @param index which bracket, from 0
     * @param trials what is searched among
     * @return whether the bracket is done and the search may go on with the next one; not where a trial ended the
     *         search, or there were none
     */
    public <T> boolean search(int index, Trials<T> trials) {
        List<T> running = List.of();
        int before = 0;
        for (Rung rung : bracket(index)) {
            Stream<T> candidates = before == 0
                    ? Stream.generate(trials::next)
                            .takeWhile(Optional::isPresent)
                            .map(Optional::get)
                    : trials.ranked(running, before).stream();
            running = new ArrayList<>();
            for (T trial : (Iterable<T>) candidates.limit(rung.trials())::iterator) {
                running.add(trial);
                if (!trials.train(trial, rung.epochs())) {
                    return false;
                }
            }
            if (before == 0 && running.isEmpty()) {
                return false;
            }
            before = rung.epochs();
        }
        return true;
    }
}

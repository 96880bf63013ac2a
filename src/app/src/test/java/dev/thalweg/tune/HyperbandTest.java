package dev.thalweg.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tune.Hyperband.Rung;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HyperbandTest {
    /** Trials whose numbers are their worth: greater is better, and some fail after an epoch. */
    private static final class Numbers implements Trials<Integer> {
        private final Map<Integer, Integer> trained = new TreeMap<>();
        private final List<String> calls = new ArrayList<>();
        private final Set<Integer> failing = new HashSet<>();
        private final int most;
        private int budget;
        private int next;

        Numbers(int most, int budget) {
            this.most = most;
            this.budget = budget;
        }

        @Override
        public Optional<Integer> next() {
            return next < most ? Optional.of(next++) : Optional.empty();
        }

        @Override
        public boolean train(Integer trial, int epochs) {
            int before = trained.getOrDefault(trial, 0);
            if (before >= epochs || failing.contains(trial) && before == 1) {
                return true;
            }
            int last = failing.contains(trial) ? 1 : Math.min(epochs, before + budget);
            budget -= last - before;
            trained.put(trial, last);
            calls.add(trial + " to " + last);
            return failing.contains(trial) || last == epochs;
        }

        @Override
        public List<Integer> ranked(List<Integer> trials, int epochs) {
            return trials.stream()
                    .filter(trial -> trained.get(trial) >= epochs)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    /** Table 1 of the paper: R = 81, eta = 3. */
    @Test
    void bracketsAreThoseOfThePaper() {
        Hyperband search = new Hyperband(81, 3);
        assertEquals(5, search.brackets());
        assertEquals(
                List.of(
                        List.of(new Rung(81, 1), new Rung(27, 3), new Rung(9, 9), new Rung(3, 27), new Rung(1, 81)),
                        List.of(new Rung(27, 3), new Rung(9, 9), new Rung(3, 27), new Rung(1, 81)),
                        List.of(new Rung(9, 9), new Rung(3, 27), new Rung(1, 81)),
                        List.of(new Rung(6, 27), new Rung(2, 81)),
                        List.of(new Rung(5, 81))),
                IntStream.range(0, 5).mapToObj(search::bracket).toList());
        assertEquals(search.bracket(0), search.bracket(5), "then another round begins");
    }

    @ParameterizedTest
    @CsvSource({"1,3", "2,3", "3,3", "8,3", "10,3", "26,3", "30,3", "200,3", "7,2", "64,2", "100,4"})
    void aBracketCostsNoMoreThanItsShare(int epochs, int eta) {
        Hyperband search = new Hyperband(epochs, eta);
        long inAll = 0;
        for (int index = 0; index < search.brackets(); index++) {
            List<Rung> rungs = search.bracket(index);
            assertEquals(epochs, rungs.getLast().epochs());
            assertTrue(rungs.getFirst().epochs() >= 1);
            // As the paper has it, where every rung begins anew: R epochs for each rung, as many rungs as brackets.
            long anew = rungs.stream()
                    .mapToLong(rung -> (long) rung.trials() * rung.epochs())
                    .sum();
            assertTrue(anew <= (long) search.brackets() * epochs, rungs::toString);
            for (int i = 1; i < rungs.size(); i++) {
                assertEquals(rungs.get(i - 1).trials() / eta, rungs.get(i).trials());
                assertTrue(rungs.get(i).epochs() >= eta * rungs.get(i - 1).epochs(), rungs::toString);
            }
            inAll += anew;
        }
        assertTrue(search.cost() <= inAll);
        Numbers numbers = new Numbers(Integer.MAX_VALUE, Integer.MAX_VALUE);
        for (int index = 0; index < search.brackets(); index++) {
            assertTrue(search.search(index, numbers));
        }
        assertEquals(
                search.cost(),
                numbers.trained.values().stream().mapToLong(Integer::longValue).sum());
    }

    @ParameterizedTest
    @CsvSource({"0,81", "1,81", "27,81", "63,81", "100,30", "1000,30", "100000,30"})
    void theLongestTrainingsThatFit(long budget, int most) {
        Hyperband search = Hyperband.within(budget, most, 3);
        assertTrue(search.epochs() == 1 || search.cost() <= budget, search::toString);
        for (int longer = search.epochs() + 1; longer <= most; longer++) {
            assertTrue(new Hyperband(longer, 3).cost() > budget, "it could have been " + longer);
        }
    }

    @Test
    void theBestGoOn() {
        Numbers numbers = new Numbers(9, 1000);
        assertTrue(new Hyperband(9, 3).search(0, numbers));
        assertEquals(
                Map.of(0, 1, 1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 3, 7, 3, 8, 9), numbers.trained, numbers.calls::toString);
        assertEquals(List.of("8 to 3", "7 to 3", "6 to 3", "8 to 9"), numbers.calls.subList(9, 13));
    }

    @Test
    void whatFailsIsPassedOver() {
        Numbers numbers = new Numbers(9, 1000);
        numbers.failing.addAll(List.of(8, 7));
        assertTrue(new Hyperband(9, 3).search(0, numbers));
        assertEquals(1, numbers.trained.get(8), "it was among the best, until it failed");
        assertEquals(9, numbers.trained.get(6));
        Numbers none = new Numbers(5, 1000);
        none.failing.addAll(List.of(0, 1, 2, 3, 4));
        assertTrue(new Hyperband(9, 3).search(1, none), "other brackets may do better");
    }

    /** Wherever a search ends, it goes on with what an uninterrupted one would have done. */
    @Test
    void goesOnWhereItEnded() {
        Hyperband search = new Hyperband(9, 3);
        Numbers whole = new Numbers(9, 1000);
        assertTrue(search.search(0, whole));
        for (int budget = 0; budget < 21; budget++) {
            Numbers broken = new Numbers(9, budget);
            assertFalse(search.search(0, broken));
            broken.budget = 1000;
            broken.next = 0;
            assertTrue(search.search(0, broken));
            assertEquals(whole.trained, broken.trained, "ended after " + budget);
        }
    }

    @Test
    void endsWhereThereAreNoMoreTrials() {
        Hyperband search = new Hyperband(9, 3);
        Numbers few = new Numbers(4, 1000);
        assertTrue(search.search(0, few));
        assertEquals(Map.of(0, 1, 1, 3, 2, 3, 3, 9), few.trained);
        assertFalse(search.search(1, few));
    }

    @Test
    void refusesWhatIsNoSearch() {
        assertThrows(IllegalArgumentException.class, () -> new Hyperband(0, 3));
        assertThrows(IllegalArgumentException.class, () -> new Hyperband(9, 1));
    }
}

package dev.thalweg.train;

import dev.thalweg.engine.CompiledNetwork;
import java.util.List;
import java.util.Map;

/**
 * What keeps the replicas of a training alike where gradients do not: they set out alike, and what callbacks ask for
 * goes for all.
 *
 * @param compiled what this replica trains
 * @param standing where it stands
 * @param replicas this one among the others
 */
record Agreement(CompiledNetwork compiled, Standing standing, Replicas replicas) {
    /**
     * Gives all replicas what the leader has learnt so far.
     *
     * @param course what must be the same in all, in lines
     * @throws IllegalArgumentException in all replicas, if it is not
     */
    void setOut(List<String> course) {
        if (replicas.areSeveral()) {
            replicas.checkAlike(course);
            takeOverWeights();
            Map<String, List<float[]>> slots = compiled.slots();
            slots.values().forEach(replicas::takeOver);
            compiled.slots(slots);
        }
    }

    private void takeOverWeights() {
        Map<String, float[]> weights = compiled.weights();
        replicas.takeOver(List.copyOf(weights.values()));
        compiled.weights(weights);
    }

    /**
     * Has all replicas do what the callbacks of the leader have asked for.
     *
     * @param stop whether that was to stop
     * @param weightsSet whether they have set weights
     * @return whether to stop
     */
    boolean stops(boolean stop, boolean weightsSet) {
        if (!replicas.areSeveral()) {
            return stop;
        }
        double[] leader = replicas.ofLeader(stop ? 1 : 0, weightsSet ? 1 : 0, standing.rateFactor());
        if (leader[1] == 1) {
            takeOverWeights();
        }
        standing.rateFactor(leader[2]);
        return leader[0] == 1;
    }
}

package dev.thalweg.bench.cluster;

import dev.thalweg.collective.Collective;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Training;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The first of two replicas, of which there is no second: nothing is exchanged, but it is noted when something would
 * be. To be told of batches too, after each of which a step ends and another begins.
 */
final class StepRecorder implements Collective, Callback {
    /** What a step did, by the clock. */
    private record Step(long begun, List<Start> starts, List<Long> awaited, int meetings, long ended) {}

    private record Start(long at, long bytes) {}

    private final int warmUpSteps;
    private final List<Step> steps = new ArrayList<>();
    private int stepsSoFar;
    private long begun;
    private List<Start> starts = new ArrayList<>();
    private List<Long> awaited = new ArrayList<>();
    private int meetings;

    /** Forgets so many steps. */
    StepRecorder(int warmUpSteps) {
        this.warmUpSteps = warmUpSteps;
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public int size() {
        return 2;
    }

    @Override
    public void startAllReduce(MemorySegment floats) {
        starts.add(new Start(System.nanoTime(), floats.byteSize()));
    }

    @Override
    public void awaitAllReduces() {
        awaited.add(System.nanoTime());
    }

    @Override
    public void broadcast(MemorySegment bytes, int root) {
        meetings++;
    }

    @Override
    public void allGather(MemorySegment own, MemorySegment all) {
        meetings++;
        for (int rank = 0; rank < size(); rank++) {
            MemorySegment.copy(own, 0, all, rank * own.byteSize(), own.byteSize());
        }
    }

    @Override
    public void onBatchEnd(Training training, Progress progress) {
        long now = System.nanoTime();
        // The first of an epoch begins with the end of the one before.
        if (progress.batch() > 1 && stepsSoFar >= warmUpSteps) {
            steps.add(new Step(begun, starts, awaited, meetings, now));
        }
        stepsSoFar++;
        starts = new ArrayList<>();
        awaited = new ArrayList<>();
        meetings = 0;
        begun = System.nanoTime();
    }

    /**
     * What the steps did, on the median of each time by itself: what came in order in all of them still does.
     *
     * @throws IllegalStateException if none was noted, they did not all do the same, or did not wait once for all
     */
    Timeline timeline() {
        if (steps.isEmpty()) {
            throw new IllegalStateException("expected steps after the warm-up, there was none");
        }
        Step first = steps.getFirst();
        for (Step step : steps) {
            if (!sizes(step).equals(sizes(first)) || step.meetings() != first.meetings()) {
                throw new IllegalStateException("expected all steps to exchange the same");
            }
            if (step.awaited().size() != 1) {
                throw new IllegalStateException(
                        "expected a step to wait once, it did " + step.awaited().size() + " times");
            }
        }
        List<Timeline.Gradient> gradients = new ArrayList<>();
        for (int i = 0; i < first.starts().size(); i++) {
            int index = i;
            gradients.add(new Timeline.Gradient(
                    median(step -> step.starts().get(index).at()),
                    first.starts().get(i).bytes()));
        }
        double awaitedAt = median(step -> step.awaited().getFirst());
        return new Timeline(median(Step::ended), gradients, awaitedAt, first.meetings(), deviation());
    }

    private static List<Long> sizes(Step step) {
        return step.starts().stream().map(Start::bytes).toList();
    }

    private double median(ToLongFunction<Step> time) {
        double[] sorted = seconds(time);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private double[] seconds(ToLongFunction<Step> time) {
        return steps.stream()
                .mapToDouble(step -> (time.applyAsLong(step) - step.begun()) * 1e-9)
                .toArray();
    }

    private double deviation() {
        double[] seconds = seconds(Step::ended);
        double mean = Arrays.stream(seconds).average().orElseThrow();
        double variance = Arrays.stream(seconds)
                .map(each -> (each - mean) * (each - mean))
                .average()
                .orElseThrow();
        return Math.sqrt(variance) / mean;
    }
}

package dev.thalweg.bench.cluster;

/**
 * What a step is predicted to take where many machines train together.
 *
 * @param aloneSeconds a step of one machine that is alone, on the mean
 * @param computingSeconds a step of the slowest machine, without what it waits for
 * @param stepSeconds a step of all machines
 * @param bytesSent by each machine in a step, and as many received, without the few of meetings
 * @param hostSeconds how long a core of each machine sends, receives and adds up in a step
 */
public record Outcome(
        double aloneSeconds, double computingSeconds, double stepSeconds, double bytesSent, double hostSeconds) {
    /**
     * {@return how much of its speed alone each machine keeps: 1 where many machines are as many times as fast as one}
     */
    public double efficiency() {
        return aloneSeconds / stepSeconds;
    }

    /**
     * {@return the same at the least, where what sends and adds up takes its time away from what computes}
     *
     * @param cores how many compute
     */
    public double efficiencyWithoutSpareCore(double cores) {
        return aloneSeconds / (stepSeconds + hostSeconds / cores);
    }

    /**
     * {@return how much of a step passes in waiting for other machines' numbers}
     */
    public double waitingShare() {
        return (stepSeconds - computingSeconds) / stepSeconds;
    }
}

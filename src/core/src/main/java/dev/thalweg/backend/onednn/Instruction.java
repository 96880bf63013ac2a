package dev.thalweg.backend.onednn;

import dev.thalweg.collective.Collective;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.PrimitiveDesc;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** One piece of work of a program, and the locations it touches. */
sealed interface Instruction {
    /** What it reads and does not write. */
    Stream<Location> reads();

    /** What it writes. */
    Stream<Location> writes();

    /** A call of oneDNN; the sources are those of a primitive that takes any number of them. */
    record OfPrimitive(
            PrimitiveDesc desc, List<Location> sources, Map<Argument, Location> locations, Set<Argument> written)
            implements Instruction {
        @Override
        public Stream<Location> reads() {
            return Stream.concat(
                    sources.stream(),
                    locations.entrySet().stream()
                            .filter(e -> !written.contains(e.getKey()))
                            .map(Map.Entry::getValue));
        }

        @Override
        public Stream<Location> writes() {
            return locations.entrySet().stream()
                    .filter(e -> written.contains(e.getKey()))
                    .map(Map.Entry::getValue);
        }

        long scratchpad() {
            return desc.size(Argument.SCRATCHPAD);
        }

        @Override
        public String toString() {
            return desc.toString();
        }
    }

    /** What the threads of the host do, each its part. */
    record OfTeam(String name, TeamKernel kernel, List<Location> read, List<Location> written) implements Instruction {
        @Override
        public Stream<Location> reads() {
            return read.stream();
        }

        @Override
        public Stream<Location> writes() {
            return written.stream();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A dropout mask, drawn in every run. */
    record OfMask(DropoutMask op, Location location) implements Instruction {
        @Override
        public Stream<Location> reads() {
            return Stream.of();
        }

        @Override
        public Stream<Location> writes() {
            return Stream.of(location);
        }

        @Override
        public String toString() {
            return "dropout mask";
        }
    }

    /** Numbers to be added up over all replicas, from then on until {@link OfAwait}. */
    record OfAllReduce(Collective collective, Location location) implements Instruction {
        @Override
        public Stream<Location> reads() {
            return Stream.of();
        }

        @Override
        public Stream<Location> writes() {
            return Stream.of(location);
        }

        @Override
        public String toString() {
            return "all-reduce";
        }
    }

    /** The end of sums over replicas. */
    record OfAwait(List<OfAllReduce> begun) implements Instruction {
        @Override
        public Stream<Location> reads() {
            return Stream.of();
        }

        @Override
        public Stream<Location> writes() {
            return begun.stream().map(OfAllReduce::location);
        }

        @Override
        public String toString() {
            return "await " + begun.size() + " all-reduces";
        }
    }
}

package dev.thalweg.backend.onednn;

import dev.thalweg.graph.DropoutMask;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.PrimitiveDesc;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** One piece of work of a program, and the places it touches. */
sealed interface Step {
    /** What it reads and does not write. */
    Stream<Place> reads();

    /** What it writes. */
    Stream<Place> writes();

    /** A call of oneDNN. */
    record OfPrimitive(PrimitiveDesc desc, Map<Argument, Place> places, Set<Argument> written) implements Step {
        @Override
        public Stream<Place> reads() {
            return places.entrySet().stream()
                    .filter(e -> !written.contains(e.getKey()))
                    .map(Map.Entry::getValue);
        }

        @Override
        public Stream<Place> writes() {
            return places.entrySet().stream()
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

    /** A dropout mask, drawn in every run. */
    record OfMask(DropoutMask op, Place place) implements Step {
        @Override
        public Stream<Place> reads() {
            return Stream.of();
        }

        @Override
        public Stream<Place> writes() {
            return Stream.of(place);
        }
    }
}

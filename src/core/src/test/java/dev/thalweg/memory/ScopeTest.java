package dev.thalweg.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScopeTest {
    private final List<String> closed = new ArrayList<>();

    private AutoCloseable named(String name) {
        return () -> closed.add(name);
    }

    private AutoCloseable failing(String name, Exception failure) {
        return () -> {
            closed.add(name);
            throw failure;
        };
    }

    @Test
    void closesTheYoungestFirstAndOnce() {
        Scope scope = new Scope();
        AutoCloseable first = named("first");
        assertSame(first, scope.own(first));
        scope.own(named("second"));
        scope.own(named("third"));
        scope.close();
        scope.close();
        assertEquals(List.of("third", "second", "first"), closed);
    }

    @Test
    void whatIsHandedOverStaysOpenUntilItsNewScopeIsClosed() {
        Scope owner;
        try (Scope opening = new Scope()) {
            opening.own(named("first"));
            opening.own(named("second"));
            owner = opening.handOver();
        }
        assertEquals(List.of(), closed);
        owner.close();
        assertEquals(List.of("second", "first"), closed);
    }

    /** Whatever is thrown while things are opened: not only what is called an exception. */
    @Test
    void whatFailsOnTheWayLeavesNothingOpen() {
        for (Throwable thrown : List.of(
                new IllegalStateException(), new OutOfMemoryError(), new StackOverflowError(), new IOException())) {
            closed.clear();
            assertSame(thrown, assertThrows(Throwable.class, () -> {
                try (Scope opening = new Scope()) {
                    opening.own(named("first"));
                    opening.own(named("second"));
                    throw thrown;
                }
            }));
            assertEquals(List.of("second", "first"), closed, thrown.toString());
        }
    }

    @Test
    void allAreClosedAlsoWhereSomeFail() {
        Scope scope = new Scope();
        IllegalArgumentException older = new IllegalArgumentException("older");
        IllegalStateException younger = new IllegalStateException("younger");
        scope.own(named("first"));
        scope.own(failing("second", older));
        scope.own(failing("third", younger));
        scope.own(named("fourth"));
        assertSame(younger, assertThrows(IllegalStateException.class, scope::close));
        assertEquals(List.of("fourth", "third", "second", "first"), closed);
        assertEquals(List.of(older), List.of(younger.getSuppressed()));
    }

    @Test
    void aCheckedExceptionIsACause() {
        Scope scope = new Scope();
        IOException cause = new IOException("disk");
        scope.own(failing("file", cause));
        assertSame(
                cause, assertThrows(IllegalStateException.class, scope::close).getCause());
    }

    @Test
    void theFailureThatEndedTheOpeningComesFirst() {
        IllegalStateException first = assertThrows(IllegalStateException.class, () -> {
            try (Scope opening = new Scope()) {
                opening.own(failing("first", new IllegalArgumentException("closing")));
                throw new IllegalStateException("opening");
            }
        });
        assertTrue(
                first.getMessage().equals("opening")
                        && first.getSuppressed()[0].getMessage().equals("closing"),
                first.toString());
    }
}

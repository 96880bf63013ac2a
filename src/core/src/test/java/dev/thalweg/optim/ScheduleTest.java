package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    /** Doubles, a few operations. */
    private static final double TOLERANCE = 1e-12;

    private static void at(Schedule schedule, long step, double want) {
        assertEquals(want, schedule.at(step), TOLERANCE, schedule + " at " + step);
    }

    @Test
    void constant() {
        at(new ConstantSchedule(0.1), 0, 0.1);
        at(new ConstantSchedule(0.1), 1_000_000, 0.1);
    }

    /** Keras' documentation of InverseTimeDecay: {@code initial / (1 + decay_rate * step / decay_steps)}. */
    @Test
    void inverseTime() {
        at(new InverseTimeDecay(0.1, 0.5), 0, 0.1);
        at(new InverseTimeDecay(0.1, 0.5), 2, 0.05);
        at(new InverseTimeDecay(0.1, 0.5), 18, 0.01);
    }

    /** Keras' documentation of ExponentialDecay: every 100 000 steps with a base of 0.96. */
    @Test
    void exponential() {
        at(new ExponentialDecay(0.1, 0.96, 100_000), 0, 0.1);
        at(new ExponentialDecay(0.1, 0.96, 100_000), 100_000, 0.096);
        at(new ExponentialDecay(0.1, 0.96, 100_000), 200_000, 0.09216);
        at(new ExponentialDecay(0.1, 0.25, 2), 1, 0.05);
    }

    /** PyTorch's documentation of StepLR: 0.05 before epoch 30, 0.005 before 60, 0.0005 before 90. */
    @Test
    void step() {
        Schedule schedule = new StepDecay(0.05, 0.1, 30);
        at(schedule, 0, 0.05);
        at(schedule, 29, 0.05);
        at(schedule, 30, 0.005);
        at(schedule, 59, 0.005);
        at(schedule, 60, 0.0005);
    }

    /** Keras' documentation of PolynomialDecay: from 0.1 to 0.01 in 10 000 steps by a square root. */
    @Test
    void polynomial() {
        Schedule schedule = new PolynomialDecay(0.1, 0.01, 10_000, 0.5);
        at(schedule, 0, 0.1);
        at(schedule, 7_500, 0.055);
        at(schedule, 10_000, 0.01);
        at(schedule, 20_000, 0.01);
        at(new PolynomialDecay(1, 0, 4), 1, 0.75);
    }

    @Test
    void cosine() {
        Schedule schedule = new CosineDecay(1, 0.2, 12);
        at(schedule, 0, 1);
        // cos 60° = 1/2, cos 90° = 0, cos 120° = −1/2
        at(schedule, 4, 0.8);
        at(schedule, 6, 0.6);
        at(schedule, 8, 0.4);
        at(schedule, 12, 0.2);
        at(schedule, 13, 0.2);
    }

    @Test
    void cosineRestarts() {
        Schedule schedule = new CosineDecay(1, 0, 4).restarting(2, 0.5);
        at(schedule, 2, 0.5);
        at(schedule, 4, 0.5);
        at(schedule, 8, 0.25);
        at(schedule, 12, 0.25);
        at(schedule, 20, 0.125);
    }

    @Test
    void warmUpRisesToTheScheduleBehindIt() {
        Schedule schedule = new StepDecay(0.8, 0.5, 2).warmUp(3);
        at(schedule, 0, 0.2);
        at(schedule, 1, 0.4);
        at(schedule, 2, 0.6);
        at(schedule, 3, 0.8);
        at(schedule, 4, 0.8);
        at(schedule, 5, 0.4);
    }

    /** PyTorch's documentation of OneCycleLR: from max / 25 to max, then to max / 25 / 1e4. */
    @Test
    void oneCycle() {
        Schedule schedule = new OneCycle(1, 100);
        at(schedule, 0, 0.04);
        at(schedule, 29, 1);
        at(schedule, 99, 4e-6);
        at(schedule, 64, (1 + 4e-6) / 2);
        at(schedule, 500, 4e-6);
        assertTrue(LongStream.range(0, 29).allMatch(i -> schedule.at(i) < schedule.at(i + 1)));
        assertTrue(LongStream.range(29, 99).allMatch(i -> schedule.at(i) > schedule.at(i + 1)));
        assertTrue(LongStream.range(0, 3).allMatch(i -> Double.isFinite(new OneCycle(1, 2).at(i))));
    }

    @Test
    void rangesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new ConstantSchedule(-1));
        assertThrows(IllegalArgumentException.class, () -> new StepDecay(0.1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new StepDecay(0.1, 0.1, 0));
        assertThrows(IllegalArgumentException.class, () -> new CosineDecay(0.1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new CosineDecay(0.1, 0, 1).restarting(0.5, 1));
        assertThrows(IllegalArgumentException.class, () -> new OneCycle(0.1, 1));
        assertThrows(IllegalArgumentException.class, () -> new OneCycle(0.1, 10, 1));
        assertThrows(IllegalArgumentException.class, () -> new ConstantSchedule(0.1).warmUp(0));
    }

    @Test
    void ownSchedulesHaveNamesThatLast() {
        Schedule saw = Schedule.of("saw", step -> 0.1 / (1 + step % 3)).warmUp(2);
        at(saw, 2, 0.1);
        at(saw, 3, 0.05);
        assertEquals("WarmUp[steps=2, then=saw]", saw.toString());
        Descent descent = new SGD(1).schedule(step -> 1.0 / (1 + step));
        assertEquals(
                "a function without a name, of " + ScheduleTest.class.getName(),
                descent.schedule().toString());
        Schedule unnamed = step -> 1;
        assertEquals(
                "WarmUp[steps=2, then=a function without a name, of " + ScheduleTest.class.getName() + "]",
                unnamed.warmUp(2).toString());
        assertEquals(0.25, descent.learningRate(3));
        assertThrows(IllegalArgumentException.class, () -> Schedule.of(" ", step -> 1));
    }

    @Test
    void aRateThatIsNoneEndsTheTraining() {
        Descent descent = new SGD(1).schedule(step -> step == 2 ? Double.NaN : 1 - step);
        assertEquals(1, descent.learningRate(0));
        assertThrows(IllegalStateException.class, () -> descent.learningRate(2));
        String message = assertThrows(IllegalStateException.class, () -> descent.learningRate(5))
                .getMessage();
        assertTrue(message.contains("-4.0 for step 5"), message);
    }
}

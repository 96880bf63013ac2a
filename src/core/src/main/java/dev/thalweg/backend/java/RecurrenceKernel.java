package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.RecurrenceBackward;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent cell over sequences, forward and backward, one example after the other. Backward computes the forward
 * pass of an example anew, then goes back through time (Werbos 1990); each member sums its own examples' gradients at
 * the weights, and the members' sums are added in their order.
 */
final class RecurrenceKernel implements Kernel, ThreadTeam.Task {
    /** What a member computes in. */
    private static final class Desk {
        final float[][] x;
        final float[][] h;
        final float[][] c;
        /** Gates after their functions, and for the GRU's candidate the recurrent sum too. */
        final float[][] gates;

        final float[] fromInput;
        final float[] fromState;
        final float[] stateGradient;
        final float[] cellGradient;
        final float[] arriving;
        final float[] xGradient;
        final float[][] inputSums;
        final float[][] stateSums;
        final double[] biasSums;

        Desk(int steps, int inputs, int hidden, int columns, boolean backward) {
            x = new float[steps][inputs];
            h = new float[steps + 1][hidden];
            c = new float[steps + 1][hidden];
            gates = new float[steps][Recurrence.BIASES * hidden];
            fromInput = new float[columns];
            fromState = new float[columns];
            stateGradient = new float[hidden];
            cellGradient = new float[hidden];
            arriving = new float[hidden];
            xGradient = new float[inputs];
            inputSums = new float[backward ? inputs : 0][columns];
            stateSums = new float[backward ? hidden : 0][columns];
            biasSums = new double[Recurrence.BIASES * hidden];
        }
    }

    private final boolean lstm;
    private final int steps;
    private final int batch;
    private final int inputs;
    private final int hidden;
    private final int columns;
    private final Floats source;
    private final Floats inputWeights;
    private final Floats stateWeights;
    private final Floats bias;
    /** The output of the forward pass; null when going backward. */
    private final @Nullable Floats output;
    /** Null in the forward direction. */
    private final @Nullable Floats gradient;

    private final List<Floats> gradients;
    private final float[][] w;
    private final float[][] u;
    private final float[] b;
    private final Desk[] desks;

    private RecurrenceKernel(
            Recurrence.Kind kind,
            Shape shape,
            int hidden,
            List<Floats> in,
            @Nullable Floats output,
            @Nullable Floats gradient,
            List<Floats> gradients,
            int threads) {
        this.lstm = kind == Recurrence.Kind.LSTM;
        this.steps = shape.dim(0);
        this.batch = shape.dim(1);
        this.inputs = shape.dim(2);
        this.hidden = hidden;
        this.columns = kind.gates() * hidden;
        this.source = in.get(0);
        this.inputWeights = in.get(1);
        this.stateWeights = in.get(2);
        this.bias = in.get(3);
        this.output = output;
        this.gradient = gradient;
        this.gradients = gradients;
        this.w = new float[inputs][columns];
        this.u = new float[hidden][columns];
        this.b = new float[Recurrence.BIASES * hidden];
        this.desks = new Desk[threads];
        Arrays.setAll(desks, i -> new Desk(steps, inputs, hidden, columns, gradient != null));
    }

    static RecurrenceKernel forward(Recurrence op, Operands at) {
        return new RecurrenceKernel(
                op.kind(), at.shape(0), at.shape(2).dim(0), at.inputs(), at.out(0), null, List.of(), at.threads());
    }

    static RecurrenceKernel backward(RecurrenceBackward op, Operands at) {
        return new RecurrenceKernel(
                op.kind(), at.shape(0), at.shape(2).dim(0), at.inputs(), null, at.in(5), at.outputs(), at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        for (int i = 0; i < inputs; i++) {
            inputWeights.load((long) i * columns, w[i], columns);
        }
        for (int i = 0; i < hidden; i++) {
            stateWeights.load((long) i * columns, u[i], columns);
        }
        bias.load(0, b, b.length);
        team.run(this);
        if (gradient != null) {
            addUp(inputs, gradients.get(1), false);
            addUp(hidden, gradients.get(2), true);
            for (int i = 0; i < b.length; i++) {
                double sum = 0;
                for (Desk desk : desks) {
                    sum += desk.biasSums[i];
                }
                gradients.get(3).set(i, (float) sum);
            }
        }
    }

    private void addUp(int rows, Floats target, boolean states) {
        for (int row = 0; row < rows; row++) {
            float[] sum = (states ? desks[0].stateSums : desks[0].inputSums)[row];
            for (int member = 1; member < desks.length; member++) {
                float[] more = (states ? desks[member].stateSums : desks[member].inputSums)[row];
                for (int i = 0; i < columns; i++) {
                    sum[i] += more[i];
                }
            }
            target.store(sum, (long) row * columns, columns);
        }
    }

    @Override
    public void run(int member, int members) {
        Desk desk = desks[member];
        for (float[] row : desk.inputSums) {
            Arrays.fill(row, 0);
        }
        for (float[] row : desk.stateSums) {
            Arrays.fill(row, 0);
        }
        Arrays.fill(desk.biasSums, 0);
        for (int n = ThreadTeam.share(batch, member, members); n < ThreadTeam.share(batch, member + 1, members); n++) {
            for (int t = 0; t < steps; t++) {
                source.load(((long) t * batch + n) * inputs, desk.x[t], inputs);
                step(desk, t);
                if (output != null) {
                    output.store(desk.h[t + 1], ((long) t * batch + n) * hidden, hidden);
                }
            }
            if (gradient != null) {
                back(desk, n, gradient);
            }
        }
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }

    private void step(Desk desk, int t) {
        System.arraycopy(b, 0, desk.fromInput, 0, columns);
        Gemm.accumulate(desk.x[t], w, 0, inputs, desk.fromInput, columns);
        Arrays.fill(desk.fromState, 0);
        Gemm.accumulate(desk.h[t], u, 0, hidden, desk.fromState, columns);
        float[] a = desk.gates[t];
        for (int j = 0; j < hidden; j++) {
            float first = sigmoid(sum(desk, j));
            float second = sigmoid(sum(desk, hidden + j));
            a[j] = first;
            a[hidden + j] = second;
            if (lstm) {
                float candidate = (float) Math.tanh(sum(desk, 2 * hidden + j));
                float out = sigmoid(sum(desk, 3 * hidden + j));
                a[2 * hidden + j] = candidate;
                a[3 * hidden + j] = out;
                desk.c[t + 1][j] = second * desk.c[t][j] + first * candidate;
                desk.h[t + 1][j] = (float) (out * Math.tanh(desk.c[t + 1][j]));
            } else {
                float recurrent = desk.fromState[2 * hidden + j] + b[3 * hidden + j];
                float candidate = (float) Math.tanh(desk.fromInput[2 * hidden + j] + second * recurrent);
                a[2 * hidden + j] = candidate;
                a[3 * hidden + j] = recurrent;
                desk.h[t + 1][j] = first * desk.h[t][j] + (1 - first) * candidate;
            }
        }
    }

    private static float sum(Desk desk, int column) {
        return desk.fromInput[column] + desk.fromState[column];
    }

    private void back(Desk desk, int n, Floats gradient) {
        Arrays.fill(desk.stateGradient, 0);
        Arrays.fill(desk.cellGradient, 0);
        float[] arriving = desk.arriving;
        float[] xGradient = desk.xGradient;
        for (int t = steps - 1; t >= 0; t--) {
            gradient.load(((long) t * batch + n) * hidden, arriving, hidden);
            for (int j = 0; j < hidden; j++) {
                desk.stateGradient[j] += arriving[j];
            }
            // From here, fromInput and fromState hold the gradients at the sums they held going forward.
            if (lstm) {
                backLstm(desk, t);
            } else {
                backGru(desk, t);
            }
            for (int i = 0; i < inputs; i++) {
                xGradient[i] = dot(w[i], desk.fromInput);
                addScaled(desk.inputSums[i], desk.fromInput, desk.x[t][i]);
            }
            gradients.get(0).store(xGradient, ((long) t * batch + n) * inputs, inputs);
            for (int i = 0; i < hidden; i++) {
                desk.stateGradient[i] += dot(u[i], desk.fromState);
                addScaled(desk.stateSums[i], desk.fromState, desk.h[t][i]);
            }
        }
    }

    private void backLstm(Desk desk, int t) {
        float[] a = desk.gates[t];
        float[] z = desk.fromInput;
        for (int j = 0; j < hidden; j++) {
            float in = a[j];
            float forget = a[hidden + j];
            float candidate = a[2 * hidden + j];
            float out = a[3 * hidden + j];
            float tanh = (float) Math.tanh(desk.c[t + 1][j]);
            float atState = desk.stateGradient[j];
            float atCell = desk.cellGradient[j] + atState * out * (1 - tanh * tanh);
            z[j] = atCell * candidate * in * (1 - in);
            z[hidden + j] = atCell * desk.c[t][j] * forget * (1 - forget);
            z[2 * hidden + j] = atCell * in * (1 - candidate * candidate);
            z[3 * hidden + j] = atState * tanh * out * (1 - out);
            desk.cellGradient[j] = atCell * forget;
            desk.stateGradient[j] = 0;
        }
        System.arraycopy(z, 0, desk.fromState, 0, columns);
        for (int i = 0; i < columns; i++) {
            desk.biasSums[i] += z[i];
        }
    }

    private void backGru(Desk desk, int t) {
        float[] a = desk.gates[t];
        for (int j = 0; j < hidden; j++) {
            float update = a[j];
            float reset = a[hidden + j];
            float candidate = a[2 * hidden + j];
            float atState = desk.stateGradient[j];
            float atCandidate = atState * (1 - update) * (1 - candidate * candidate);
            float atUpdate = atState * (desk.h[t][j] - candidate) * update * (1 - update);
            float atReset = atCandidate * a[3 * hidden + j] * reset * (1 - reset);
            desk.fromInput[j] = atUpdate;
            desk.fromInput[hidden + j] = atReset;
            desk.fromInput[2 * hidden + j] = atCandidate;
            desk.fromState[j] = atUpdate;
            desk.fromState[hidden + j] = atReset;
            desk.fromState[2 * hidden + j] = atCandidate * reset;
            desk.biasSums[j] += atUpdate;
            desk.biasSums[hidden + j] += atReset;
            desk.biasSums[2 * hidden + j] += atCandidate;
            desk.biasSums[3 * hidden + j] += atCandidate * reset;
            desk.stateGradient[j] = atState * update;
        }
    }

    private static float dot(float[] a, float[] c) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * c[i];
        }
        return sum;
    }

    private static void addScaled(float[] sum, float[] values, float factor) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * values[i];
        }
    }
}

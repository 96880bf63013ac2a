package dev.thalweg.serve.http;

import dev.thalweg.inference.Predictions;
import dev.thalweg.model.Port;
import dev.thalweg.serve.models.ModelVersion;
import dev.thalweg.serve.models.ServedModel;
import dev.thalweg.serve.protocol.InferRequest;
import dev.thalweg.serve.protocol.InferRequestReader;
import dev.thalweg.serve.protocol.InferResponse;
import dev.thalweg.serve.protocol.InferResponseWriter;
import dev.thalweg.serve.protocol.InputTensor;
import dev.thalweg.serve.protocol.OutputTensor;
import dev.thalweg.serve.protocol.ProtocolException;
import dev.thalweg.serve.protocol.TensorType;
import dev.thalweg.text.PrintableText;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * {@code POST /v2/models/{model}/infer}: tensors in, tensors out.
 *
 * @param models that are served
 * @param bodies reads requests
 * @param timeout of each
 * @param turns in which large requests are parsed
 * @param waiting for answers
 */
record InferHandler(Models models, Bodies bodies, Duration timeout, Turns turns, Waiting waiting) implements Handler {
    /** The protocol's binary extension: how many bytes of a body are JSON. */
    private static final HeaderName JSON_LENGTH = HeaderNames.create("Inference-Header-Content-Length");

    /** In bytes of JSON: what takes less than to wait for a turn. */
    private static final int SOON_PARSED = 1 << 16;

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws Exception {
        InferResponse answer = bodies.read(request, body -> {
            ServedModel model = models.ofPath(request);
            Optional<String> version = Models.version(request);
            Deadline deadline = Deadline.in(timeout);
            OptionalInt json = jsonLength(request);
            InferRequest asked = json.orElse(body.length) <= SOON_PARSED
                    ? InferRequestReader.read(body, json)
                    : turns.take(deadline, () -> InferRequestReader.read(body, json));
            return model.<InferResponse, Exception>ask(current -> {
                Models.checkVersion(model, current, version);
                return answer(model.name(), current, asked, deadline.orIn(asked.timeout()));
            });
        });
        send(request, response, answer);
    }

    private static OptionalInt jsonLength(ServerRequest request) throws ProtocolException {
        Optional<String> length = request.headers().first(JSON_LENGTH);
        try {
            return length.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(length.get()));
        } catch (NumberFormatException e) {
            throw new ProtocolException("expected a whole number as Inference-Header-Content-Length", e);
        }
    }

    private InferResponse answer(String name, ModelVersion version, InferRequest asked, Deadline deadline)
            throws Exception {
        for (InferRequest.WantedOutput wanted : asked.outputs()) {
            if (version.network().outputs().stream()
                    .noneMatch(port -> port.name().equals(wanted.name()))) {
                throw new ProtocolException("expected outputs of "
                        + names(version.network().outputs()) + ", got \"" + PrintableText.excerpt(wanted.name()) + '"');
            }
        }
        List<byte[]> pictures = new ArrayList<>();
        Map<String, List<float[]>> others = new HashMap<>();
        for (InputTensor input : asked.inputs()) {
            Port port = port(version, input);
            int length = port.shape().arrayLength();
            switch (input.type()) {
                case UINT8 -> pictures.addAll(input.byteRows(length));
                case FP32 -> others.put(port.name(), input.floatRows(length));
            }
        }
        Predictions said =
                waiting.await(HttpProblem.ofClient(() -> version.service().submit(pictures, others, deadline.left())));
        List<OutputTensor> outputs = new ArrayList<>();
        for (Port port : version.network().outputs()) {
            Optional<Boolean> binary = asked.wants(port.name());
            if (binary.isPresent()) {
                List<float[]> rows = said.output(port.name()).outputs();
                Finite.check(rows);
                outputs.add(new OutputTensor(port.name(), shape(port, rows.size()), rows, binary.get()));
            }
        }
        return new InferResponse(name, version.version(), asked.id(), outputs);
    }

    /** Checks that a tensor fits the input of its name. */
    private static Port port(ModelVersion version, InputTensor input) throws ProtocolException {
        Port port = version.network().inputs().stream()
                .filter(candidate -> candidate.name().equals(input.name()))
                .findFirst()
                .orElseThrow(() -> new ProtocolException("expected inputs of "
                        + names(version.network().inputs()) + ", got \"" + PrintableText.excerpt(input.name()) + '"'));
        if (input.type() == TensorType.UINT8 && !version.takesPixels(port)) {
            throw new ProtocolException("expected FP32 as the input " + port.name() + ", which is no picture");
        }
        List<Long> one =
                IntStream.of(port.shape().toArray()).asLongStream().boxed().toList();
        List<Long> shape = input.shape();
        if (shape.size() != one.size() + 1 || !shape.subList(1, shape.size()).equals(one) || shape.getFirst() < 1) {
            throw new ProtocolException("expected the input " + port.name() + " of one example or more, [N, ...] of "
                    + port.shape() + ", got " + shape);
        }
        return port;
    }

    private static List<String> names(List<Port> ports) {
        return ports.stream().map(Port::name).toList();
    }

    private static List<Integer> shape(Port port, int examples) {
        return IntStream.of(port.shape().batched(examples).toArray()).boxed().toList();
    }

    private static void send(ServerRequest request, ServerResponse response, InferResponse answer) {
        InferResponseWriter.Body body = InferResponseWriter.write(answer);
        if (body.jsonLength().isPresent()) {
            response.header(JSON_LENGTH, Integer.toString(body.jsonLength().getAsInt()));
            Content.send(request, response, "application/octet-stream", body.bytes());
        } else {
            Json.send(request, response, body.bytes());
        }
    }
}

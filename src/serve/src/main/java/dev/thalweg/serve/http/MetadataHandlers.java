package dev.thalweg.serve.http;

import dev.thalweg.inference.InferenceService;
import dev.thalweg.model.Port;
import dev.thalweg.serve.models.ModelVersion;
import dev.thalweg.serve.models.ServedModel;
import dev.thalweg.serve.protocol.TensorType;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * The protocol's questions about the server and its models.
 *
 * @param models that are served
 * @param bodies reads requests
 * @param ready whether the server takes requests
 */
record MetadataHandlers(Models models, Bodies bodies, BooleanSupplier ready) {
    private static final int ANY = -1;

    void addTo(Paths paths) {
        paths.get("/v2", this::server)
                .get("/v2/health/live", (request, response) -> Json.send(request, response, Map.of("live", true)))
                .get("/v2/health/ready", this::ready)
                .get("/v2/models/{model}", this::model)
                .get("/v2/models/{model}/ready", this::modelReady)
                .get("/v2/models/{model}/versions/{version}", this::model)
                .get("/v2/models/{model}/versions/{version}/ready", this::modelReady)
                .post("/v2/repository/index", this::index);
    }

    private void server(ServerRequest request, ServerResponse response) {
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("name", "thalweg");
        server.put(
                "version",
                Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                        .orElse("development"));
        server.put("extensions", List.of("binary_tensor_data"));
        Json.send(request, response, server);
    }

    private void ready(ServerRequest request, ServerResponse response) {
        boolean isReady = ready.getAsBoolean() && models.models().all().stream().allMatch(MetadataHandlers::answers);
        Json.send(
                request,
                response.status(isReady ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503),
                Map.of("ready", isReady));
    }

    /** One that is closed has given its place to another, which answers. */
    private static boolean answers(ServedModel model) {
        InferenceService service = model.current().service();
        return service.isAnswering() || service != model.current().service();
    }

    private void modelReady(ServerRequest request, ServerResponse response) throws HttpProblem {
        ServedModel model = models.ofPath(request);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", model.name());
        boolean isReady = ready.getAsBoolean() && answers(model);
        answer.put("ready", isReady);
        Json.send(request, response.status(isReady ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503), answer);
    }

    private void model(ServerRequest request, ServerResponse response) throws HttpProblem {
        ServedModel model = models.ofPath(request);
        ModelVersion version = model.current();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", model.name());
        answer.put("versions", List.of(version.version()));
        answer.put("platform", version.platform());
        answer.put(
                "inputs",
                version.network().inputs().stream()
                        .map(port -> tensor(port, version.takesPixels(port) ? TensorType.UINT8 : TensorType.FP32))
                        .toList());
        answer.put(
                "outputs",
                version.network().outputs().stream()
                        .map(port -> tensor(port, TensorType.FP32))
                        .toList());
        Json.send(request, response, answer);
    }

    private static Map<String, Object> tensor(Port port, TensorType type) {
        List<Integer> shape = new ArrayList<>(List.of(ANY));
        IntStream.of(port.shape().toArray()).forEach(shape::add);
        Map<String, Object> tensor = new LinkedHashMap<>();
        tensor.put("name", port.name());
        tensor.put("datatype", type.name());
        tensor.put("shape", shape);
        return tensor;
    }

    private void index(ServerRequest request, ServerResponse response) throws Exception {
        List<Map<String, String>> index = models.models().all().stream()
                .map(model -> Map.of(
                        "name", model.name(), "version", model.current().version(), "state", "READY", "reason", ""))
                .toList();
        bodies.read(request, _ -> index);
        Json.send(request, response, index);
    }
}

package dev.thalweg.serve.http;

import dev.thalweg.inference.InferenceService;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.serve.models.ModelVersion;
import dev.thalweg.serve.models.ServedModel;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /predict}: a picture file in, classes with their probabilities out.
 *
 * @param models that are served
 * @param bodies reads requests
 * @param timeout of each
 * @param turns in which pictures are decoded
 * @param waiting for answers
 */
record PredictHandler(Models models, Bodies bodies, Duration timeout, Turns turns, Waiting waiting) implements Handler {
    private static final int USUAL_TOP = 5;

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws Exception {
        Map<String, Object> answer = bodies.read(request, body -> {
            ServedModel model = models.ofQuery(request);
            int top = top(request);
            boolean explain = explain(request);
            Deadline deadline = Deadline.in(timeout);
            byte[] file = PictureUpload.of(request.headers().first(HeaderNames.CONTENT_TYPE), body);
            return model.<Map<String, Object>, Exception>ask(
                    version -> answer(model.name(), version, file, top, explain, deadline));
        });
        Json.send(request, response, answer);
    }

    private static int top(ServerRequest request) throws HttpProblem {
        Optional<String> top = request.query().first("top").asOptional();
        try {
            int count = top.isEmpty() ? USUAL_TOP : Integer.parseInt(top.get());
            if (count >= 1) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new HttpProblem(Status.BAD_REQUEST_400, "expected ?top= to be a whole number of at least 1");
    }

    private static boolean explain(ServerRequest request) throws HttpProblem {
        String explain = request.query().first("explain").asOptional().orElse("false");
        return switch (explain) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw new HttpProblem(Status.BAD_REQUEST_400, "expected ?explain= to be true or false");
        };
    }

    private Map<String, Object> answer(
            String name, ModelVersion version, byte[] file, int top, boolean explain, Deadline deadline)
            throws Exception {
        if (!Models.isOfPictures(version)) {
            throw new HttpProblem(
                    Status.BAD_REQUEST_400,
                    "the model " + name + " takes " + version.network().inputs() + " and yields "
                            + version.network().outputs() + ": ask it by /v2/models/" + name + "/infer");
        }
        InferenceService service = version.service();
        byte[] picture = turns.take(deadline, () -> HttpProblem.ofClient(() -> service.decode("the picture", file)));
        Predictions said = waiting.await(service.submit(List.of(picture), Map.of(), deadline.left()))
                .probabilities();
        Finite.check(said.outputs());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("model", name);
        answer.put("version", version.version());
        answer.put(said.targets().kind().outputs(), outputs(said, top));
        if (explain) {
            int greatest = Accuracy.argmax(said.outputs().getFirst());
            version.explanation(picture, greatest, deadline.left())
                    .ifPresent(png -> answer.put(
                            "explanation",
                            "data:image/png;base64," + Base64.getEncoder().encodeToString(png)));
        }
        return answer;
    }

    private static List<Map<String, Object>> outputs(Predictions said, int top) {
        return said.ranked(0, top).stream()
                .map(output -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("name", output.name());
                    json.put(said.targets().kind().measure(), output.number());
                    return json;
                })
                .toList();
    }
}

package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.serve.Client.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** What a server says of picture files. */
class PictureRequestsTest extends LightServer {
    @Test
    void picturesAreAnsweredByNames() throws Exception {
        Answer answer = client.post("predict", TestModels.png(230));
        assertEquals(200, answer.status());
        JsonNode classes = answer.json().get("classes");
        assertEquals("light", classes.get(0).get("name").asText());
        assertEquals(
                TestModels.light(FACTOR, 230), classes.get(0).get("probability").asDouble(), 1e-5);
        assertEquals("dark", classes.get(1).get("name").asText());
        assertFalse(answer.json().has("explanation"));
        assertEquals(
                1,
                client.post("predict?top=1&model=light", TestModels.png(10))
                        .json()
                        .get("classes")
                        .size());
    }

    @Test
    void aFormMayHoldThePicture() throws Exception {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        String parts = """
                --xyz
                Content-Disposition: form-data; name="a"

                text
                --xyz
                Content-Disposition: form-data; name="file"; filename="p.png"
                Content-Type: image/png

                """;
        form.writeBytes(bytes(parts.replace("\n", "\r\n")));
        form.writeBytes(TestModels.png(0));
        form.writeBytes(bytes("\r\n--xyz--\r\n"));
        String type = "multipart/form-data; boundary=xyz";
        JsonNode answer =
                client.post("predict", form.toByteArray(), "Content-Type", type).json();
        assertEquals("dark", answer.get("classes").get(0).get("name").asText(), answer.toString());
        String longest = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + "\u00e9".repeat(240)
                + "\"\r\n\r\n";
        ByteArrayOutputStream named = new ByteArrayOutputStream();
        named.write(bytes(longest));
        named.write(TestModels.png(1));
        named.write(bytes("\r\n--xyz--\r\n"));
        assertEquals(
                200,
                client.post("predict", named.toByteArray(), "Content-Type", type)
                        .status());
        String none = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ntext\r\n--xyz--\r\n";
        assertEquals(
                400, client.post("predict", bytes(none), "Content-Type", type).status());
        assertEquals(
                400,
                client.post("predict", bytes("--xyz"), "Content-Type", type).status());
        assertEquals(
                400,
                client.post("predict", bytes("x"), "Content-Type", "multipart/form-data")
                        .status());
    }

    @Test
    void anExplanationIsAPictureOfTheNetworksSize() throws Exception {
        String uri = client.post("predict?explain=true", TestModels.png(230))
                .json()
                .get("explanation")
                .asText();
        String start = "data:image/png;base64,";
        assertTrue(uri.startsWith(start), uri);
        byte[] png = Base64.getDecoder().decode(uri.substring(start.length()));
        assertEquals(8, ImageIO.read(new ByteArrayInputStream(png)).getWidth());
    }

    @Test
    void whatIsNoPictureIsRefused() throws Exception {
        byte[] cut = Arrays.copyOf(TestModels.png(1), 60);
        for (byte[] body : List.of(new byte[0], bytes("hello"), cut)) {
            Answer answer = client.post("predict", body);
            assertEquals(400, answer.status());
            assertFalse(answer.json().get("error").asText().isEmpty());
        }
        assertEquals(400, client.post("predict?top=0", TestModels.png(1)).status());
        assertEquals(400, client.post("predict?top=many", TestModels.png(1)).status());
        assertEquals(
                400, client.post("predict?explain=perhaps", TestModels.png(1)).status());
        assertEquals(413, client.post("predict", new byte[100_001]).status());
        assertEquals(413, client.post(INFER, new byte[700_000]).status());
    }
}

package adapter.interop.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The running program, and the inbox of its sandbox. */
public final class DataAdapter implements AutoCloseable {
    /** Where Web Flow looks for a Data Adapter unless it is told otherwise. */
    public static final String CONTEXT_PATH = "/powerauth-data-adapter";

    private final HttpClient browser = HttpClient.newHttpClient();
    private final Program program;

    private DataAdapter(Program program) {
        this.program = program;
    }

    /**
     * Starts the program on a free port, with the users of the demo and a store in memory.
     *
     * @param settings settings of the test's own, by their name in the environment without {@code DATA_ADAPTER__}, such as
     *     {@code WEB_FLOW__DIALECT}
     */
    public static DataAdapter start(Map<String, String> settings) {
        return new DataAdapter(Program.start(settings));
    }

    /** Starts the program with a configuration file in place of the demo's, and a store in memory. */
    public static DataAdapter start(Path configuration) {
        return new DataAdapter(Program.start(Map.of(), "--config", configuration.toString()));
    }

    /** The address of a path, such as {@link #CONTEXT_PATH}. */
    public String at(String path) {
        return program.url() + path;
    }

    /** The messages that the sandbox shows, newest first. */
    public List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : inbox()) {
            messages.add(new Message(text(message, "messageId"), text(message, "to"), text(message, "text")));
        }
        return messages;
    }

    /** The newest message with this id. */
    public Message message(String messageId) {
        List<Message> messages = messages();
        return messages.stream()
                .filter(message -> message.messageId().equals(messageId))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + messageId + " in " + messages));
    }

    @Override
    public void close() {
        program.close();
    }

    private JsonNode inbox() {
        URI page = URI.create(at("/sandbox/messages"));
        try {
            HttpResponse<byte[]> answer =
                    browser.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofByteArray());
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(JsonNode message, String member) {
        return message.get(member).asText();
    }
}

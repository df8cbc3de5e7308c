#include "storage/tables.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>

namespace itqan::storage {
namespace {

/// Words, names and single marks of a statement; a quoted text is one word.
std::vector<std::string> words_of(std::string_view sql) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < sql.size();) {
        auto const letter = sql[i];
        auto const is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
        auto end = i + 1;
        if (std::isspace(static_cast<unsigned char>(letter)) != 0) {
            i = end;
            continue;
        }
        if (letter == '\'' || letter == '"')
            end = std::min(sql.find(letter, i + 1), sql.size() - 1) + 1;
        else if (is_part(letter))
            while (end < sql.size() && is_part(sql[end]))
                ++end;
        words.emplace_back(sql.substr(i, end - i));
        i = end;
    }
    return words;
}

std::logic_error not_understood(std::vector<std::string> const& words) {
    std::string text;
    for (auto const& word : words)
        text.append(word).append(" ");
    return std::logic_error("a migration holds a statement that copies do not understand: " + text.substr(0, 200));
}

std::optional<ColumnType> type_named(std::string_view word) {
    if (word == "INTEGER") return ColumnType::integer;
    if (word == "REAL") return ColumnType::real;
    if (word == "TEXT") return ColumnType::text;
    if (word == "BLOB") return ColumnType::blob;
    return std::nullopt;
}

/// A cursor over the words of one statement.
class Words {
  public:
    explicit Words(std::vector<std::string> words) : words_(std::move(words)) {}

    bool at(std::string_view word) const { return at_ < words_.size() && words_[at_] == word; }
    bool take(std::string_view word) {
        if (!at(word)) return false;
        ++at_;
        return true;
    }
    void expect(std::string_view word) {
        if (!take(word)) throw not_understood(words_);
    }
    std::string next() {
        if (at_ >= words_.size()) throw not_understood(words_);
        return words_[at_++];
    }
    /// Everything up to the comma or bracket that ends this item.
    void skip_item(bool* is_key = nullptr) {
        for (int depth = 0; at_ < words_.size(); ++at_) {
            if (depth == 0 && (at(",") || at(")"))) return;
            if (at("(")) ++depth;
            if (at(")")) --depth;
            if (is_key != nullptr && at("PRIMARY")) *is_key = true;
        }
    }
    bool ended() const { return at_ == words_.size(); }
    std::logic_error refusal() const { return not_understood(words_); }

  private:
    std::vector<std::string> words_;
    std::size_t at_ = 0;
};

std::size_t place_of(Table const& table, std::string const& column, Words const& words) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].name == column) return i;
    throw words.refusal();
}

void read_column(Words& words, Table& table) {
    auto name = words.next();
    auto const type = type_named(words.next());
    if (!type) throw words.refusal();
    bool is_key = false;
    words.skip_item(&is_key);
    if (is_key) table.key.push_back(table.columns.size());
    table.columns.push_back({std::move(name), *type});
}

Table read_table(Words& words) {
    Table table;
    table.name = words.next();
    words.expect("(");
    do {
        if (words.take("PRIMARY")) {
            words.expect("KEY");
            words.expect("(");
            do
                table.key.push_back(place_of(table, words.next(), words));
            while (words.take(","));
            words.expect(")");
        } else if (words.at("UNIQUE") || words.at("CHECK") || words.at("FOREIGN") || words.at("CONSTRAINT")) {
            words.skip_item();
        } else {
            read_column(words, table);
        }
    } while (words.take(","));
    words.expect(")");
    words.take("STRICT");
    if (!words.ended() || table.key.empty()) throw words.refusal();
    return table;
}

void apply(std::vector<Table>& tables, std::string const& statement) {
    Words words(words_of(statement));
    auto const verb = words.next();
    if (verb == "INSERT" || verb == "UPDATE" || verb == "DELETE") return;
    if (verb != "CREATE" && verb != "ALTER" && verb != "DROP") throw words.refusal();
    if (words.take("UNIQUE") || words.at("INDEX")) return;
    words.expect("TABLE");
    if (verb == "CREATE") {
        tables.push_back(read_table(words));
        return;
    }
    auto const name = words.next();
    auto const found =
        std::find_if(tables.begin(), tables.end(), [&](auto const& table) { return table.name == name; });
    if (found == tables.end()) throw words.refusal();
    if (verb == "DROP") {
        tables.erase(found);
        return;
    }
    words.expect("ADD");
    words.take("COLUMN");
    read_column(words, *found);
}

}  // namespace

std::vector<Table> tables_of(std::vector<Migration> const& all, int up_to) {
    std::vector<Table> tables;
    for (auto const& migration : all) {
        if (migration.number > up_to) continue;
        for (auto const& statement : statements_of(migration.sql))
            apply(tables, statement);
    }
    return tables;
}

std::vector<Table> const& tables() {
    static std::vector<Table> const ours = tables_of(migrations());
    return ours;
}

}  // namespace itqan::storage

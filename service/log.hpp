#pragma once
// The log: one JSON object a line on standard error, or short lines for a person at a terminal; each line is one
// write(). Control characters are escaped, values are cut at 8 KiB, and nobody hands it a secret, a name or a mail
// address. What an operator has to act on has a field "do": the next command.

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itqan::service {

class Log {
  public:
    enum class Form { json, plain };
    /// Lines go to this descriptor, which must outlive it.
    explicit Log(Form form, int descriptor = 2);
    Log(Log const&) = delete;
    Log& operator=(Log const&) = delete;

    using Fields = std::vector<std::pair<std::string_view, std::string>>;
    void info(std::string_view event, Fields const& fields = {});
    void warn(std::string_view event, Fields const& fields = {});
    void error(std::string_view event, Fields const& fields = {});

  private:
    void write(std::string_view level, std::string_view event, Fields const& fields);

    Form form_;
    int descriptor_;
    std::mutex mutex_;
};

}  // namespace itqan::service
